#include "process/normal_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "process/nelder_mead.hpp"

namespace mrcz {

double normal_share(double z) noexcept { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double share) noexcept {
    const bool is_upper = share > 0.5;
    const double tail = is_upper ? 1 - share : share;
    // Abramowitz and Stegun 26.2.22, good to 0.003, then Halley's method on the share.
    const double t = std::sqrt(-2 * std::log(tail));
    double z = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + t * 0.04481)) - t;
    for (int step = 0; step < 3; ++step) {
        const double density = std::exp(-0.5 * z * z) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
        const double newton = (normal_share(z) - tail) / density;
        z -= newton / (1 + 0.5 * z * newton);
    }
    return is_upper ? -z : z;
}

std::optional<NormalFit> quantile_fit(std::span<const CumulativePoint> points) {
    constexpr double least = 0.02, greatest = 0.98;
    double weights = 0, x = 0, u = 0, xx = 0, xu = 0;
    const auto in_range = [](const CumulativePoint& point) { return point.share >= least && point.share <= greatest; };
    for (const CumulativePoint& point : points) {
        if (!in_range(point)) continue;
        weights += point.own_share;
        x += point.own_share * point.position;
        u += point.own_share * normal_quantile(point.share);
    }
    if (weights <= 0) return std::nullopt;
    x /= weights;
    u /= weights;
    for (const CumulativePoint& point : points) {
        if (!in_range(point)) continue;
        const double dx = point.position - x;
        xx += point.own_share * dx * dx;
        xu += point.own_share * dx * (normal_quantile(point.share) - u);
    }
    if (!(xx > 0) || !(xu > 0)) return std::nullopt;
    const double sigma = xx / xu;
    return NormalFit{x - u * sigma, sigma};
}

NormalFit least_distance_fit(std::span<const CumulativePoint> points, const NormalFit& start, const FitLimits& limits) {
    const auto fit_at = [&](const Point2& at) {
        const double mean_by = std::clamp(at[0], -limits.mean_by, limits.mean_by) * start.sigma;
        const double times = std::clamp(std::exp(at[1]), limits.sigma_least, limits.sigma_most);
        return NormalFit{start.mean + mean_by, start.sigma * times};
    };
    const auto distance = [&](const Point2& at) {
        const NormalFit fit = fit_at(at);
        double sum = 0;
        for (const CumulativePoint& point : points)
            sum += std::abs(point.share - normal_share((point.position - fit.mean) / fit.sigma));
        return sum;
    };
    return fit_at(nelder_mead(distance, {0, 0}, 0.1));
}

}  // namespace mrcz
