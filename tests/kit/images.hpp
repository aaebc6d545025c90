// Small images and plain MRC files made from a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_order.hpp"
#include "base/bytes.hpp"
#include "mrcz/header.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::kit {

/// Every pixel type that has a mode of its own.
[[nodiscard]] std::vector<PixelType> pixel_types_with_a_mode();

/// Deterministic pixels that compress somewhat: small counts with rare large ones; floats are counts times a gain.
[[nodiscard]] Bytes make_pixels(PixelType type, std::uint64_t pixels, std::uint32_t seed = 1);
/// Bytes that no codec makes smaller.
[[nodiscard]] Bytes make_noise(std::size_t bytes, std::uint32_t seed = 1);

struct PlainFile {
    PixelType type = PixelType::int16;
    std::int64_t nx = 32, ny = 24, nz = 5;
    ByteOrder order = ByteOrder::little;
    std::size_t extended_bytes = 0;
    std::size_t trailing_bytes = 0;
};

/// A valid MRC2014 file in memory.
[[nodiscard]] Bytes make_plain_file(const PlainFile& description, std::uint32_t seed = 1);

}  // namespace mrcz::kit
