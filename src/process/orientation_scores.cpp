#include <algorithm>
#include <cmath>
#include <limits>

#include "base/ordered_pipeline.hpp"
#include "process/image_values.hpp"
#include "process/orientation.hpp"

namespace mrcz {
namespace {

using process::PixelWalk;
using process::walk_of;

/// Sums as floats, NaN where a pixel is so far off the others that it says more of itself than of the gain.
std::vector<float> trusted_values(const SumImage& sum) {
    std::vector<float> values = process::with_values(
        sum, [](const auto& numbers) { return std::vector<float>(numbers.begin(), numbers.end()); });
    std::vector<float> sorted = values;
    std::erase_if(sorted, [](float value) { return !std::isfinite(value); });
    if (sorted.empty()) return values;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::ranges::nth_element(sorted, middle);
    const double median = *middle;
    for (float& value : sorted) value = static_cast<float>(std::abs(value - median));
    std::ranges::nth_element(sorted, middle);
    // Few counts may have a median deviation of 0: they scatter by their root at least.
    constexpr double sigmas_of_median_deviation = 1.4826, most_sigmas = 6;
    const double sigma = std::max(sigmas_of_median_deviation * *middle, std::sqrt(std::max(std::abs(median), 1.0)));
    for (float& value : values)
        if (!(std::abs(value - median) <= most_sigmas * sigma)) value = std::numeric_limits<float>::quiet_NaN();
    return values;
}

double relative_deviation(const std::vector<float>& sums, const FloatImage& factors, const PixelWalk& walk) {
    double count = 0, total = 0, squares = 0;
    const float* sum = sums.data();
    for (std::int64_t y = 0; y < walk.shape.ny; ++y)
        for (std::int64_t x = 0; x < walk.shape.nx; ++x, ++sum) {
            const double factor =
                factors.values[static_cast<std::size_t>(walk.first + x * walk.along_x + y * walk.along_y)];
            if (factor == 0 || std::isnan(*sum)) continue;
            const double value = factor * *sum;
            count += 1;
            total += value;
            squares += value * value;
        }
    const double mean = total / count;
    if (!(mean > 0)) return std::numeric_limits<double>::infinity();
    return std::sqrt(std::max(0.0, squares / count - mean * mean)) / mean;
}

/// The eight ways an image can lie, or those of them that make it as wide and high as `wanted`.
std::vector<OrientationScore> orientations_to(const ImageShape& wanted, const ImageShape& stored) {
    std::vector<OrientationScore> fitting;
    for (const GainFlip flip : {GainFlip::none, GainFlip::upside_down})
        for (int turns = 0; turns < 4; ++turns)
            if (walk_of(stored, {turns, flip}).shape == wanted) fitting.push_back({{turns, flip}, 0});
    return fitting;
}

}  // namespace

std::vector<OrientationScore> score_orientations(const SumImage& sum, const GainReference& gain,
                                                 const RunContext& context) {
    std::vector<OrientationScore> scores = orientations_to(sum.shape, gain.factors.shape);
    if (scores.empty()) process::require_fit(sum.shape, gain.factors.shape, "gain reference");
    const std::vector<float> sums = trusted_values(sum);
    run_parallel(
        static_cast<std::int64_t>(scores.size()),
        [&](std::int64_t index) {
            OrientationScore& score = scores[static_cast<std::size_t>(index)];
            score.deviation = relative_deviation(sums, gain.factors, walk_of(gain.factors.shape, score.orientation));
        },
        context);
    std::ranges::stable_sort(scores, {}, &OrientationScore::deviation);
    return scores;
}

double margin_of(std::span<const OrientationScore> scores) {
    if (scores.size() < 2 || !(scores[0].deviation > 0)) return 0;
    return scores[1].deviation / scores[0].deviation - 1;
}

}  // namespace mrcz
