// From the running sums of kernels.hpp to the statistics of a frame.
#pragma once

#include "mrcz/frame_statistics.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {

/// All four NaN for complex and colour types and when no pixel was a number. Infinities are ordinary in the minimum and
/// the maximum; with them the mean is the infinity, or NaN when both signs occur, and the standard deviation is NaN.
/// A minimum or maximum of zero is +0.
[[nodiscard]] FrameStatistics finish(const StatisticsState& state, PixelType type);

}  // namespace mrcz::simd
