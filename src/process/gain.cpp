#include "mrcz/gain.hpp"

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"
#include "process/image_values.hpp"

namespace mrcz {
namespace {

bool is_usable(float value) { return std::isfinite(value) && value > 0; }

/// 0 over one: nothing usable is there.
double usable_mean(const FloatImage& image) {
    double total = 0, count = 0;
    for (const float value : image.values)
        if (is_usable(value)) {
            total += value;
            count += 1;
        }
    return count > 0 ? total / count : 0;
}

GainReference marked(FloatImage factors) {
    GainReference gain{std::move(factors), {}};
    gain.bad.resize(gain.factors.values.size());
    for (std::size_t pixel = 0; pixel < gain.bad.size(); ++pixel) {
        float& factor = gain.factors.values[pixel];
        if (is_usable(factor)) continue;
        factor = 0;
        gain.bad[pixel] = 1;
    }
    return gain;
}

}  // namespace

FloatImage difference(const FloatImage& one, const FloatImage& other) {
    process::require_fit(one.shape, other.shape, "difference of images");
    FloatImage result = one;
    std::ranges::transform(one.values, other.values, result.values.begin(), std::minus<>());
    return result;
}

GainReference make_gain(const FloatImage& reference, GainKind kind) {
    FloatImage factors = reference;
    if (kind == GainKind::flat_field) {
        const double mean = usable_mean(reference);
        for (float& value : factors.values) value = is_usable(value) ? static_cast<float>(mean / value) : 0;
    }
    return marked(std::move(factors));
}

void require_gamma(double gamma) {
    if (gamma > 0 && gamma <= greatest_gamma) return;
    fail(ErrorCode::invalid_argument, "gamma ", gamma, ": expected an exponent above 0, at most ", greatest_gamma);
}

GainReference raised(const GainReference& gain, double gamma) {
    require_gamma(gamma);
    if (gamma == 1) return gain;
    FloatImage factors = gain.factors;
    for (float& factor : factors.values)
        if (factor > 0) factor = static_cast<float>(std::exp(gamma * std::log(static_cast<double>(factor))));
    return marked(std::move(factors));
}

GainReference binned_by_two(const GainReference& gain) {
    const ImageShape full = gain.factors.shape;
    if (full.nx % 2 != 0 || full.ny % 2 != 0)
        fail(ErrorCode::invalid_argument, "gain reference of ", full.nx, " x ", full.ny,
             " pixels: an odd number cannot be binned by two");
    const ImageShape shape{full.nx / 2, full.ny / 2};
    FloatImage factors{shape, std::vector<float>(shape.pixels())};
    const auto row = static_cast<std::size_t>(full.nx);
    float* to = factors.values.data();
    for (std::int64_t y = 0; y < shape.ny; ++y)
        for (std::int64_t x = 0; x < shape.nx; ++x) {
            const float* from = gain.factors.values.data() + static_cast<std::size_t>(2 * y) * row + 2 * x;
            const std::array<double, 4> four{from[0], from[1], from[row], from[row + 1]};
            const bool is_whole = std::ranges::all_of(four, [](double factor) { return factor > 0; });
            *to++ = is_whole ? static_cast<float>(4 / (1 / four[0] + 1 / four[1] + 1 / four[2] + 1 / four[3])) : 0;
        }
    return marked(std::move(factors));
}

SumImage corrected(const SumImage& raw, const FloatImage* dark, const GainReference* gain) {
    if (!dark && !gain) return raw;
    if (dark) process::require_fit(raw.shape, dark->shape, "dark reference");
    if (gain) process::require_fit(raw.shape, gain->factors.shape, "gain reference");
    auto values = process::with_values(
        raw, [](const auto& numbers) { return std::vector<double>(numbers.begin(), numbers.end()); });
    const auto frames = static_cast<double>(raw.frames);
    for (std::size_t pixel = 0; pixel < values.size(); ++pixel) {
        if (dark) values[pixel] -= frames * dark->values[pixel];
        if (gain) values[pixel] *= gain->factors.values[pixel];
    }
    return {raw.shape, raw.frames, std::move(values)};
}

}  // namespace mrcz
