// A dataset of an HDF5 file whose chunks are frames coded by blosc, written as they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mrcz/codec.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::foreign {

struct Hdf5Plan {
    std::string dataset;    ///< path in the file; groups on the way are made
    bool is_nexus = false;  ///< the groups say that they are NXentry and NXdata
    PixelType type = PixelType::int8;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint64_t> chunk;
    std::string codec;  ///< blosc's name of the compressor
    int level = 1;
    Filter filter = Filter::bitshuffle;
    std::uint64_t frame_bytes = 0;
};

class Hdf5Writer {
  public:
    virtual ~Hdf5Writer() = default;
    /// In any order; `place` counts chunks' first numbers along each axis.
    virtual void write_chunk(std::span<const std::uint64_t> place, std::span<const std::byte> chunk) = 0;
    virtual void write_text(const std::string& attribute, const std::string& text) = 0;
    virtual void write_numbers(const std::string& attribute, std::span<const double> numbers) = 0;
    /// Closes the file; its bytes are then the system's to write.
    virtual void close() = 0;
};

/// Writes over the file `path`. Throws Error{unsupported} where this build has no HDF5.
[[nodiscard]] std::unique_ptr<Hdf5Writer> make_hdf5_writer(const std::filesystem::path& path, const Hdf5Plan& plan);

/// Why HDF5 is missing from this build; empty: it is there.
[[nodiscard]] std::string_view hdf5_is_missing() noexcept;

}  // namespace mrcz::foreign
