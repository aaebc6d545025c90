#include <cmath>

#include "base/fail.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

/// Means that differ by less are taken for equal: what is left is noise of the means themselves.
constexpr double least_dose_difference = 0.02;

template <class Value>
double finite_mean(const std::vector<Value>& values) {
    double total = 0;
    std::size_t count = 0;
    for (const Value value : values) {
        const auto number = static_cast<double>(value);
        if (!std::isfinite(number)) continue;
        total += number;
        ++count;
    }
    return count == 0 ? 0 : total / static_cast<double>(count);
}

double dose_scale(double own_frame_mean, double window_mean, const KomaOptions& options) {
    if (!options.is_dose_scaled || options.is_divided) return 1;
    const double scale = own_frame_mean / window_mean;
    const bool is_known = std::isfinite(scale) && scale > 0;
    return is_known && std::abs(scale - 1) > least_dose_difference ? scale : 1;
}

struct Pattern {
    double frames, mean, scale;

    [[nodiscard]] double subtracted(double sum) const {
        const double value = (sum / frames - mean) * scale;
        return std::isfinite(value) ? value : 0;
    }
    [[nodiscard]] double multiplied(double sum) const {
        const double value = mean / (sum / frames);
        return std::isfinite(value) && value > 0 ? value : 1;
    }
};

}  // namespace

FloatImage koma_pattern(const SumImage& others, double own_frame_mean, const KomaOptions& options) {
    FloatImage image{others.shape, std::vector<float>(others.shape.pixels(), options.is_divided ? 1.0F : 0.0F)};
    if (others.frames <= 0) return image;
    std::visit(
        [&](const auto& values) {
            const auto frames = static_cast<double>(others.frames);
            const double mean = finite_mean(values) / frames;
            const Pattern pattern{frames, mean, dose_scale(own_frame_mean, mean, options)};
            for (std::size_t i = 0; i < values.size(); ++i) {
                const auto sum = static_cast<double>(values[i]);
                image.values[i] =
                    static_cast<float>(options.is_divided ? pattern.multiplied(sum) : pattern.subtracted(sum));
            }
        },
        others.values);
    return image;
}

double koma_scale(const SumImage& others, double own_frame_mean, const KomaOptions& options) {
    if (others.frames <= 0) return 1;
    const double total = std::visit([](const auto& values) { return finite_mean(values); }, others.values);
    return dose_scale(own_frame_mean, total / static_cast<double>(others.frames), options);
}

void apply_koma(std::span<float> frame, const FloatImage& pattern, bool is_divided) {
    if (pattern.values.size() != frame.size())
        fail(ErrorCode::invalid_argument, "KOMA pattern of ", pattern.values.size(), " pixels, frame of ",
             frame.size());
    float* __restrict pixels = frame.data();
    const float* __restrict values = pattern.values.data();
    if (is_divided) {
        for (std::size_t i = 0; i < frame.size(); ++i) pixels[i] *= values[i];
    } else {
        for (std::size_t i = 0; i < frame.size(); ++i) pixels[i] -= values[i];
    }
}

}  // namespace mrcz
