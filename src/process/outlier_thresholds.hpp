// Where good pixels end: a normal distribution fitted to the histogram of a sum, and the lines through what departs
// from it on both sides. McLeod et al. 2018, equations 1 to 5.
#pragma once

#include "mrcz/outliers.hpp"
#include "process/normal_fit.hpp"
#include "process/sum_transform.hpp"

namespace mrcz {

struct OutlierThresholds {
    NormalFit fit;             ///< of the transformed sums
    double dark = 0, hot = 0;  ///< in sigma
};

/// `expected` has the mean and sigma of counted electrons, not transformed: where the fit begins, and what stands where
/// the histogram shows no distribution. Its sigma is positive.
[[nodiscard]] OutlierThresholds thresholds_of(const SumHistogram& histogram, const NormalFit& expected,
                                              const SumTransform& transform, const OutlierOptions& options);

}  // namespace mrcz
