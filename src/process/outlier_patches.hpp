// Patches of outliers: what is seen (gold, the edge of a grid bar, a direct beam), not pixels that have gone wrong.
#pragma once

#include <cstdint>
#include <span>

#include "mrcz/outliers.hpp"

namespace mrcz {

enum class PixelKind : std::uint8_t { good, hot, dark, unusable, spared };

/// Calls hot or dark outliers of `pixels` spared when they are joined, by sides or corners and through their own kind,
/// to a block of 3 x 3 of their kind.
void spare_patches(const ImageShape& shape, std::span<const OutlierPixel> pixels, std::span<PixelKind> kinds);

/// Whether the pixel or one of the eight around it is of `kind`.
[[nodiscard]] bool touches(const ImageShape& shape, std::span<const PixelKind> kinds, std::uint64_t index,
                           PixelKind kind);

}  // namespace mrcz
