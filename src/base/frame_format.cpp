#include "mrcz/frame_format.hpp"

#include <limits>

namespace mrcz {
namespace {

std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

/// Bytes of pixels that share them from the first to the last.
std::uint64_t bytes_of_halves(std::uint64_t pixels) noexcept { return pixels / 2 + pixels % 2; }

}  // namespace

std::uint64_t pixel_count(const FrameFormat& format) noexcept {
    return saturated_product(static_cast<std::uint64_t>(format.nx), static_cast<std::uint64_t>(format.ny));
}

std::uint64_t bytes_of(const FrameFormat& format) noexcept {
    if (format.type != PixelType::uint4)
        return saturated_product(pixel_count(format), info_of(format.type).pixel_bytes);
    if (format.packing == RowPacking::contiguous) return bytes_of_halves(pixel_count(format));
    return saturated_product(bytes_of_halves(static_cast<std::uint64_t>(format.nx)),
                             static_cast<std::uint64_t>(format.ny));
}

std::uint64_t bytes_to_empty_half(const FrameFormat& format) noexcept {
    if (format.type != PixelType::uint4) return 0;
    const bool padded = format.packing == RowPacking::padded;
    const std::uint64_t pixels = padded ? static_cast<std::uint64_t>(format.nx) : pixel_count(format);
    return pixels % 2 == 0 ? 0 : bytes_of_halves(pixels);
}

}  // namespace mrcz
