// Arrays of other containers, read as the frames of a stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "meta/json_value.hpp"
#include "meta/msgpack_parts.hpp"
#include "mrcz/frame_format.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

struct ScanPoints {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
};

struct ArrayFacts {
    std::string_view container;  ///< `Zarr v3`, `HDF5`
    std::string place;           ///< of the array in its container; empty: it is the container
    FrameFormat format;          ///< of a frame
    std::int64_t frames = 0;
    std::optional<ScanPoints> scan;                     ///< the frames are of a scan, row by row
    meta::JsonValue attributes;                         ///< an object
    std::vector<meta::PackedMember> packed_attributes;  ///< those with NaN or bytes, which JSON has no form for
    std::vector<std::string> left_behind;               ///< what the container has besides, and nobody reads
    std::string why_not_moved;       ///< why chunks cannot be taken as they are; empty: each is a frame, coded by blosc
    std::uint64_t stored_bytes = 0;  ///< of the container's file, or 0 where they are many
};

/// Holds one frame on its way. Errors name the frame's place.
class FrameReader {
  public:
    virtual ~FrameReader() = default;
    /// Readers of one array fetch one at a time, in frame order.
    virtual void fetch(std::int64_t frame) = 0;
    /// The bytes of what was fetched as they are stored, where they are a frame coded by blosc; empty where they are
    /// not.
    [[nodiscard]] virtual std::span<const std::byte> chunk() const { return {}; }
    /// Fills `out` with what was fetched, little-endian. Side by side with other readers.
    virtual void pixels(std::span<std::byte> out) = 0;
};

class FrameArray {
  public:
    virtual ~FrameArray() = default;
    [[nodiscard]] virtual const ArrayFacts& facts() const noexcept = 0;
    [[nodiscard]] virtual std::unique_ptr<FrameReader> make_reader() = 0;
};

/// The array in a folder, Zarr v2 or v3. Throws Error{not_found, corrupt, unsupported, limit_exceeded}.
[[nodiscard]] std::unique_ptr<FrameArray> open_zarr(const std::filesystem::path& folder, const Limits& limits);

/// A dataset of an HDF5 file; `dataset` empty: the one that can be frames. Throws Error{unsupported} where this build
/// has no HDF5, Error{invalid_argument} naming the candidates where there are several.
[[nodiscard]] std::unique_ptr<FrameArray> open_hdf5(const std::filesystem::path& path, const std::string& dataset,
                                                    const Limits& limits);

}  // namespace mrcz::foreign
