#include "process/outlier_thresholds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace mrcz {
namespace {

using Points = std::vector<CumulativePoint>;

/// By the paper shares are of what lies within the histogram, up to the middles of its bins; by the guarded rule of all
/// pixels, up to the upper edges, which is where they are counted.
Points cumulative_points(const SumHistogram& histogram, const SumTransform& transform, OutlierRule rule) {
    const bool is_paper = rule == OutlierRule::paper;
    const auto within = std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
    const std::uint64_t pixels = is_paper ? within : within + histogram.below + histogram.above;
    std::uint64_t up_to = is_paper ? 0 : histogram.below;
    Points points;
    if (pixels == 0) return points;
    points.reserve(histogram.counts.size());
    double centre = static_cast<double>(histogram.first);
    for (const std::uint64_t count : histogram.counts) {
        up_to += count;
        const double position = (is_paper ? centre : centre + 0.5) * histogram.width;
        points.push_back({transform.of(position), static_cast<double>(up_to) / static_cast<double>(pixels),
                          static_cast<double>(count) / static_cast<double>(pixels)});
        ++centre;
    }
    return points;
}

/// How probable it is that counts of a mean reach a number.
class PoissonTails {
  public:
    explicit PoissonTails(double mean) : mean_(mean) {}

    [[nodiscard]] double at(int count) const {
        double term = std::exp(-mean_), sum = 0;
        for (int i = 1; i < count; ++i) term *= mean_ / i;
        for (int i = std::max(count, 1); i < count + 60; ++i) sum += term *= mean_ / i;
        return sum;
    }
    /// The least number, 1 or more, that counts reach with less than this probability.
    [[nodiscard]] int first_below(double probability) const {
        int count = 1;
        while (at(count) >= probability) ++count;
        return count;
    }

  private:
    double mean_;
};

bool has_quantile(const CumulativePoint& point) { return point.share > 0 && point.share < 1; }

/// A line has two places to go through.
bool shows_a_distribution(const Points& points) {
    const auto first = std::ranges::find_if(points, has_quantile);
    return std::any_of(first, points.end(), [&](const CumulativePoint& point) {
        return has_quantile(point) && point.share != first->share;
    });
}

NormalFit transformed(const NormalFit& fit, const SumTransform& transform) {
    const double low = transform.of(fit.mean - fit.sigma), high = transform.of(fit.mean + fit.sigma);
    return {transform.of(fit.mean), 0.5 * (high - low)};
}

NormalFit fit_of(const Points& points, const NormalFit& expected, OutlierRule rule) {
    constexpr FitLimits published{0.5, 0.7, 1.3}, far{16, 1.0 / 16, 16};
    if (!shows_a_distribution(points)) return expected;
    if (rule == OutlierRule::paper) return least_distance_fit(points, expected, published);
    NormalFit fit = least_distance_fit(points, quantile_fit(points).value_or(expected), far);
    // Counts have the noise of counting at least; what shows less is too few distinct sums.
    fit.sigma = std::max(fit.sigma, 0.5 * expected.sigma);
    return fit;
}

/// A bin in sigma: where it is by the fit, and how far that is from where its share says (equation 3).
struct Residual {
    double z = 0;
    double r = 0;
    double share = 0;
};

std::vector<Residual> residuals_of(const Points& points, const NormalFit& fit) {
    std::vector<Residual> residuals;
    residuals.reserve(points.size());
    for (const CumulativePoint& point : points) {
        if (!has_quantile(point)) continue;
        const double z = (point.position - fit.mean) / fit.sigma;
        residuals.push_back({z, z - normal_quantile(point.share), point.share});
    }
    return residuals;
}

/// Where the least-squares line through the residuals crosses zero; NaN where there is no such line.
double zero_of_line(std::span<const Residual> side) {
    double z = 0, r = 0, zz = 0, zr = 0;
    for (const Residual& residual : side) {
        z += residual.z / static_cast<double>(side.size());
        r += residual.r / static_cast<double>(side.size());
    }
    for (const Residual& residual : side) {
        zz += (residual.z - z) * (residual.z - z);
        zr += (residual.z - z) * (residual.r - r);
    }
    return z - r * zz / zr;
}

/// One side of the histogram: the bins that depart, and the shares of pixels in them and expected there.
struct Side {
    std::span<const Residual> bins;
    double share = 0;
    double expected_share = 0;
};

constexpr double departs = 0.5;

Side dark_side(std::span<const Residual> residuals) {
    const auto end = std::ranges::find_if(residuals, [](const Residual& bin) { return bin.r > -departs; });
    const auto bins = static_cast<std::size_t>(end - residuals.begin());
    if (bins == 0) return {};
    const Residual& last = residuals[bins - 1];
    return {residuals.first(bins), last.share, normal_share(last.z)};
}

Side hot_side(std::span<const Residual> residuals) {
    std::size_t first = residuals.size();
    while (first > 0 && residuals[first - 1].r >= departs) --first;
    if (first == 0 || first == residuals.size()) return {};
    const Residual& before = residuals[first - 1];
    return {residuals.subspan(first), 1 - before.share, normal_share(-before.z)};
}

double published_threshold(const Side& side, double sign) {
    const double fallback = sign > 0 ? 3.25 : -4.0;
    const double threshold = side.bins.size() < 2 ? fallback : zero_of_line(side.bins);
    return std::isfinite(threshold) && threshold * sign > 0 ? threshold : fallback;
}

/// Departing bins of few pixels are what any sample has in its tails.
bool has_defects(const Side& side, double pixels) {
    constexpr std::size_t least_bins = 3;
    constexpr double least_pixels = 8;
    const double found = side.share * pixels, expected = side.expected_share * pixels;
    return side.bins.size() >= least_bins && found >= least_pixels && found > expected + 5 * std::sqrt(expected + 1);
}

constexpr double without_defects = 4.5;

double guarded_threshold(const Side& side, double sign, double pixels, double least) {
    constexpr double greatest = 8;
    const double threshold = has_defects(side, pixels) ? sign * zero_of_line(side.bins) : without_defects;
    if (!std::isfinite(threshold) || threshold <= 0) return sign * std::max(without_defects, least);
    return sign * std::clamp(threshold, std::min(least, greatest), greatest);
}

/// A few electrons a pixel at most: too few bins for a fit, and far from normal. What the share of pixels without any
/// says of all others stands for it.
std::optional<OutlierThresholds> sparse_thresholds(const SumHistogram& histogram, const Points& points,
                                                   const SumTransform& transform, const OutlierOptions& options) {
    constexpr double most_electrons = 2;
    const std::int64_t at_zero = -histogram.first;
    if (histogram.width != 1 || at_zero < 0 || at_zero >= static_cast<std::int64_t>(points.size())) return std::nullopt;
    const CumulativePoint& zero = points[static_cast<std::size_t>(at_zero)];
    if (!has_quantile(zero) || -std::log(zero.share) > most_electrons) return std::nullopt;
    const PoissonTails tails(-std::log(zero.share));
    const double highest = normal_share(-options.threshold_share * std::max(options.least_threshold, 1.0));
    const int hot = tails.first_below(highest);
    const int other = hot == 1 ? 2 : 1;
    const double hot_z = -normal_quantile(tails.at(hot)), other_z = -normal_quantile(tails.at(other));
    const double hot_edge = transform.of(hot - 0.5), other_edge = transform.of(other - 0.5);
    const double sigma = (hot_edge - other_edge) / (hot_z - other_z);
    return OutlierThresholds{{hot_edge - hot_z * sigma, sigma}, -without_defects, hot_z / options.threshold_share};
}

double pixels_of(const SumHistogram& histogram) {
    const auto within = std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
    return static_cast<double>(within + histogram.below + histogram.above);
}

}  // namespace

OutlierThresholds thresholds_of(const SumHistogram& histogram, const NormalFit& expected, const SumTransform& transform,
                                const OutlierOptions& options) {
    const Points points = cumulative_points(histogram, transform, options.rule);
    if (options.rule == OutlierRule::guarded && transform.is_anscombe)
        if (const auto sparse = sparse_thresholds(histogram, points, transform, options)) return *sparse;
    const NormalFit fit = fit_of(points, transformed(expected, transform), options.rule);
    constexpr double out_of_reach = 1e100;
    if (options.rule == OutlierRule::known_only) return {fit, -out_of_reach, out_of_reach};
    const std::vector<Residual> residuals = residuals_of(points, fit);
    const Side dark = dark_side(residuals), hot = hot_side(residuals);
    if (options.rule == OutlierRule::paper) return {fit, published_threshold(dark, -1), published_threshold(hot, 1)};
    const double pixels = pixels_of(histogram);
    return {fit, guarded_threshold(dark, -1, pixels, options.least_threshold),
            guarded_threshold(hot, 1, pixels, options.least_threshold)};
}

}  // namespace mrcz
