// What of a pixel's own value is kept, by its sum. McLeod et al. 2018, equation 6.
#pragma once

#include "process/outlier_thresholds.hpp"

namespace mrcz {

class OutlierWeight {
  public:
    OutlierWeight(const OutlierThresholds& thresholds, const SumTransform& transform, double values_per_electron,
                  const OutlierOptions& options);

    /// How far a sum, in its own units, is from the mean, in sigma.
    [[nodiscard]] double deviation_of(double sum) const noexcept;
    [[nodiscard]] double at(double deviation) const noexcept;

    /// Weights nearer to 1 than this are as good as 1.
    [[nodiscard]] double negligible() const noexcept { return negligible_; }
    /// Sums between these two, which may be in the wrong order where there are none, have such weights.
    [[nodiscard]] double least_whole() const noexcept { return least_whole_; }
    [[nodiscard]] double greatest_whole() const noexcept { return greatest_whole_; }

  private:
    [[nodiscard]] double sum_at(double deviation) const noexcept;

    OutlierThresholds thresholds_;
    SumTransform transform_;
    double values_per_electron_;
    double steepness_;
    double dark_, hot_;  // where each side's weight is one half
    double negligible_;
    double least_whole_, greatest_whole_;
};

}  // namespace mrcz
