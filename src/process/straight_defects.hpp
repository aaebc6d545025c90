// Bands of columns or rows that a detector has lost: straight along its axes, long and narrow, as nothing seen is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mrcz/sum_image.hpp"

namespace mrcz {

/// Those of `pixels` (rising indices) that lie in bands: groups of neighbours of which most are in at most 16 columns
/// (or rows) filled to at least one half, and that are 16 pixels and 8 times as long as these are wide. Rising.
[[nodiscard]] std::vector<std::uint64_t> straight_defects(const ImageShape& shape,
                                                          std::span<const std::uint64_t> pixels);

}  // namespace mrcz
