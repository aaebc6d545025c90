// Patches of outliers: what is seen (gold, the edge of a grid bar, a direct beam), not pixels that have gone wrong.
#pragma once

#include <cstdint>
#include <functional>

#include "mrcz/sum_image.hpp"

namespace mrcz {

/// How far pixels deviate, in sigma, dark ones below 0; 0 where they are unusable.
using DeviationOf = std::function<double(std::uint64_t index)>;

/// Whether an outlier is part of a patch: in a block of 3 x 3 that deviates to its side by at least `least`, and three
/// of the eight around it deviate at least half as much as it does itself: a hot pixel in a bright corner is no part of
/// it.
[[nodiscard]] bool is_in_patch(const ImageShape& shape, std::uint64_t index, double least,
                               const DeviationOf& deviation_of);

}  // namespace mrcz
