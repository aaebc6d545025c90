#include "process/outlier_weight.hpp"

#include <algorithm>
#include <cmath>

namespace mrcz {
namespace {

double logistic(double x) { return 1 / (1 + std::exp(-std::clamp(x, -80.0, 80.0))); }

double negligible_by(OutlierRule rule) { return rule == OutlierRule::paper ? 0x1p-25 : 0x1p-10; }

/// Less than the rounding of what is on either side of it.
double inside(double bound, double towards) { return bound + 1e-9 * (towards - bound); }

}  // namespace

OutlierWeight::OutlierWeight(const OutlierThresholds& thresholds, const SumTransform& transform,
                             double values_per_electron, const OutlierOptions& options)
    : thresholds_(thresholds),
      transform_(transform),
      values_per_electron_(values_per_electron),
      steepness_(options.steepness),
      dark_(options.threshold_share * thresholds.dark),
      hot_(options.threshold_share * thresholds.hot),
      negligible_(negligible_by(options.rule)) {
    const double a_side = negligible_ / 2;
    const double reach = std::log((1 - a_side) / a_side) / steepness_;
    const double least = sum_at(dark_ + reach), greatest = sum_at(hot_ - reach);
    least_whole_ = inside(least, greatest);
    greatest_whole_ = inside(greatest, least);
}

double OutlierWeight::deviation_of(double sum) const noexcept {
    return (transform_.of(sum / values_per_electron_) - thresholds_.fit.mean) / thresholds_.fit.sigma;
}

double OutlierWeight::at(double deviation) const noexcept {
    return logistic(steepness_ * (deviation - dark_)) * logistic(-steepness_ * (deviation - hot_));
}

double OutlierWeight::sum_at(double deviation) const noexcept {
    const NormalFit& fit = thresholds_.fit;
    return transform_.inverse(fit.mean + deviation * fit.sigma) * values_per_electron_;
}

}  // namespace mrcz
