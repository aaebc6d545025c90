// Where convert_file() brings coded frames: a file of ours, the shard of a Zarr folder, a dataset of an HDF5 file.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "container/frame_tables.hpp"
#include "header/layout.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz::jobs {

class FrameTarget {
  public:
    virtual ~FrameTarget() = default;
    virtual void add_model(std::span<const std::byte> chunk) = 0;
    /// In frame order.
    virtual void add(const container::CodedFrame& frame) = 0;
    [[nodiscard]] virtual std::uint64_t written() const = 0;
    /// The output appears under its name. Returns its bytes.
    virtual std::uint64_t finish(std::vector<container::Section> sections) = 0;
};

struct TargetPlan {
    std::filesystem::path path;
    bool overwrite = false;
    const header::Layout& layout;
    const Bytes& extended_header;
    const codec::CodecRow& row;
    std::optional<ScanShape> scan;
    std::string dataset;  ///< of HDF5; empty: the default
    Limits limits;
    std::vector<std::string>& left_behind;
};

[[nodiscard]] std::unique_ptr<FrameTarget> make_mrc_target(const TargetPlan& plan);
[[nodiscard]] std::unique_ptr<FrameTarget> make_zarr_target(const TargetPlan& plan);
[[nodiscard]] std::unique_ptr<FrameTarget> make_hdf5_target(const TargetPlan& plan);

}  // namespace mrcz::jobs
