// Counted frames with hot and dead pixels whose places are known.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "kit/counts.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz::kit {

struct OutlierStackPlan {
    std::int64_t side = 384;
    std::int64_t frames = 40;
    double mean = 1;  ///< electrons of a good pixel and frame
    double hot_share = 0.005;
    double dead_share = 0.0002;
    double values_per_electron = 1;
};

enum class Planted : std::uint8_t { good, hot, dead };

/// Hot: the sum over the frames is 5 … 40 sigma above the mean, the same in every frame. Dead: 5 % of the mean.
struct OutlierStack {
    ImageShape shape;
    std::vector<std::vector<std::int16_t>> frames;
    std::vector<Planted> planted;
    std::vector<double> sigmas;  ///< by which the expected sum is above that of good pixels

    [[nodiscard]] SumImage sum() const {
        FrameSummer summer({PixelType::int16, shape.nx, shape.ny});
        for (const auto& frame : frames) summer.add(std::as_bytes(std::span(frame)));
        return summer.take();
    }
};

[[nodiscard]] inline OutlierStack make_outlier_stack(const OutlierStackPlan& plan, std::uint64_t seed = 1) {
    Counts counts(seed);
    const auto pixels = static_cast<std::size_t>(plan.side * plan.side);
    OutlierStack stack{{plan.side, plan.side}, {}, std::vector<Planted>(pixels), std::vector<double>(pixels)};
    std::vector<double> means(pixels, plan.mean);
    const double sigma = std::sqrt(plan.mean * static_cast<double>(plan.frames));
    const auto plant = [&](double share, Planted kind) {
        for (auto left = static_cast<std::int64_t>(share * static_cast<double>(pixels)); left > 0;) {
            const std::size_t at = counts.index(pixels);
            if (stack.planted[at] != Planted::good) continue;
            stack.planted[at] = kind;
            stack.sigmas[at] = kind == Planted::hot ? 5 + 35 * counts.uniform() : -0.95 * sigma;
            means[at] += stack.sigmas[at] * sigma / static_cast<double>(plan.frames);
            --left;
        }
    };
    plant(plan.hot_share, Planted::hot);
    plant(plan.dead_share, Planted::dead);
    for (std::int64_t f = 0; f < plan.frames; ++f) {
        stack.frames.push_back(counts.frame<std::int16_t>(means));
        if (plan.values_per_electron == 1) continue;
        for (std::int16_t& value : stack.frames.back())
            value = static_cast<std::int16_t>(plan.values_per_electron * value);
    }
    return stack;
}

}  // namespace mrcz::kit
