// The counts of a sum, in electrons.
#pragma once

#include "mrcz/outliers.hpp"
#include "process/sum_scale.hpp"

namespace mrcz {

/// Of the usable pixels of `sum`, from `centre` - 8 sigma to `centre` + 8 sigma; these are in electrons.
[[nodiscard]] SumHistogram histogram_of(const SumImage& sum, const UsablePixels& usable, double values_per_electron,
                                        double centre, double sigma, const RunContext& context);

}  // namespace mrcz
