// A normal distribution fitted to a cumulative histogram. McLeod et al. 2018, equations 1 and 2.
#pragma once

#include <optional>
#include <span>

namespace mrcz {

/// The share of a standard normal distribution below z.
[[nodiscard]] double normal_share(double z) noexcept;
/// The z below which there is this share of it, which lies between 0 and 1, ends excluded.
[[nodiscard]] double normal_quantile(double share) noexcept;

struct NormalFit {
    double mean = 0, sigma = 1;
};

/// The share of all values up to a position, and of those since the point before.
struct CumulativePoint {
    double position = 0;
    double share = 0;
    double own_share = 0;
};

/// Least squares of the quantiles of shares between 2 % and 98 %, each point by its own share; nothing where fewer
/// than two points have shares there or they do not rise.
[[nodiscard]] std::optional<NormalFit> quantile_fit(std::span<const CumulativePoint> points);

/// Limits of a fit: mean within `mean_by` of the start's sigmas, sigma from `sigma_least` to `sigma_most` times the start's.
struct FitLimits {
    double mean_by = 0, sigma_least = 0, sigma_most = 0;
};

/// The fit of the least sum of absolute distances of shares, found from `start`, whose sigma is positive.
[[nodiscard]] NormalFit least_distance_fit(std::span<const CumulativePoint> points, const NormalFit& start,
                                           const FitLimits& limits);

}  // namespace mrcz
