#include "jobs/koma_balance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <variant>
#include <vector>

namespace mrcz::jobs {
namespace {

/// Of enough pixels to know a variance by.
std::vector<double> mean_frame(const SumImage& sum) {
    constexpr std::size_t most = std::size_t{1} << 20;
    const std::size_t pixels = sum.shape.pixels();
    const std::size_t step = std::max<std::size_t>(1, pixels / most) | 1U;  // odd: not the same columns in every row
    std::vector<double> means;
    means.reserve(pixels / step + 1);
    const auto frames = static_cast<double>(std::max<std::int64_t>(1, sum.frames));
    std::visit(
        [&](const auto& values) {
            for (std::size_t i = 0; i < values.size(); i += step)
                means.push_back(static_cast<double>(values[i]) / frames);
        },
        sum.values);
    return means;
}

struct Moments {
    double mean = 0;
    double variance = 0;
};

/// Of the finite values within `reach` of `middle`.
Moments moments_of(std::span<const double> values, double middle, double reach) {
    double count = 0, total = 0, squares = 0;
    for (const double value : values) {
        if (!(std::abs(value - middle) <= reach)) continue;
        count += 1;
        total += value - middle;
        squares += (value - middle) * (value - middle);
    }
    if (count < 2) return {middle, 0};
    const double shift = total / count;
    return {middle + shift, std::max(0.0, squares / count - shift * shift)};
}

Moments moments_of(std::span<const double> values) {
    constexpr double any = std::numeric_limits<double>::max();
    return moments_of(values, moments_of(values, 0, any).mean, any);
}

Moments without_strays(std::span<const double> values) {
    Moments found = moments_of(values);
    for (int round = 0; round < 4; ++round) found = moments_of(values, found.mean, 5 * std::sqrt(found.variance));
    return found;
}

}  // namespace

KomaBalance koma_balance(const SumImage& own, const SumImage& others) {
    std::vector<double> mine = mean_frame(own);
    const std::vector<double> theirs = mean_frame(others);
    const double own_frames = static_cast<double>(std::max<std::int64_t>(1, own.frames));
    const double other_frames = static_cast<double>(std::max<std::int64_t>(1, others.frames));
    const Moments of_others = moments_of(theirs);
    const double scale = of_others.mean > 0 ? moments_of(mine).mean / of_others.mean : 1;
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] -= scale * theirs[i];
    const double frame_noise = without_strays(mine).variance / (1 / own_frames + scale * scale / other_frames);
    const double added = frame_noise / other_frames;
    return {.added = added, .removed = std::max(0.0, of_others.variance - added)};
}

}  // namespace mrcz::jobs
