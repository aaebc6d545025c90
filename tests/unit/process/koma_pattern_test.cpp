#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kit/counts.hpp"
#include "mrcz/correlation.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

/// Movies of one pattern: rates of a frame, and the sum of `frames` frames.
struct Session {
    ImageShape shape;
    std::int64_t frames;
    std::vector<double> rates;
    kit::Counts counts;

    Session(ImageShape image, std::int64_t count, double spread, std::uint64_t seed)
        : shape(image), frames(count), rates(image.pixels()), counts(seed) {
        for (double& rate : rates) rate = std::max(0.001, 1 + spread * counts.normal());
    }

    SumImage sum() {
        std::vector<double> means = rates;
        for (double& mean : means) mean *= static_cast<double>(frames);
        return {shape, frames, counts.frame<std::uint32_t>(means)};
    }
};

void subtract(std::vector<float>& frame, const FloatImage& pattern) {
    for (std::size_t i = 0; i < frame.size(); ++i) frame[i] -= pattern.values[i];
}

/// Sums without noise, the same pattern in every movie.
SumImage pattern_only(const ImageShape& shape, std::int64_t frames) {
    std::vector<std::uint32_t> values(shape.pixels());
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<std::uint32_t>(frames) * (100 + static_cast<std::uint32_t>(i % 7));
    }
    return {shape, frames, values};
}

TEST(KomaPattern, DataThatArePatternOnlyBecomeConstant) {
    const ImageShape shape{21, 14};
    RunningSum others(shape);
    for (int movie = 0; movie < 4; ++movie) others.add(pattern_only(shape, 8));
    for (const bool is_divided : {false, true}) {
        KomaOptions options;
        options.is_divided = is_divided;
        const FloatImage pattern = koma_pattern(others.sum(), 103, options);
        std::vector<float> corrected;
        for (std::size_t i = 0; i < shape.pixels(); ++i) {
            const auto value = static_cast<float>(100 + i % 7);
            corrected.push_back(is_divided ? value * pattern.values[i] : value - pattern.values[i]);
        }
        const auto [least, greatest] = std::ranges::minmax(corrected);
        EXPECT_NEAR(least, greatest, 2e-5) << is_divided;
        EXPECT_NEAR(least, 103, 2e-5) << is_divided;
    }
}

TEST(KomaPattern, HasNoMean) {
    Session session({64, 64}, 40, 0.05, 1);
    const FloatImage pattern = koma_pattern(session.sum(), 1, {});
    double total = 0;
    for (const float value : pattern.values) total += static_cast<double>(value);
    EXPECT_NEAR(total / 4096, 0, 1e-8);
}

TEST(KomaPattern, ImpulseInAMovieSurvivesThereAtFullHeight) {
    Session session({16, 16}, 10, 0.0, 2);
    std::vector<SumImage> sums;
    for (int movie = 0; movie < 9; ++movie) sums.push_back(session.sum());
    constexpr std::size_t where = 77;
    std::vector<SumImage> with_impulse = sums;
    std::get<std::vector<std::uint32_t>>(with_impulse[4].values)[where] += 100'000;
    const auto corrected_at = [&](const std::vector<SumImage>& all, std::int64_t movie) {
        const auto sum_of = [&](std::int64_t m) -> const SumImage& { return all[static_cast<std::size_t>(m)]; };
        KomaOptions options;
        options.radius = 2;
        options.is_dose_scaled = false;
        WindowSum window(session.shape);
        const FloatImage pattern = koma_pattern(window.move_to(koma_window(movie, 9, options), sum_of), 1, options);
        const auto sum = std::get<std::vector<std::uint32_t>>(all[static_cast<std::size_t>(movie)].values)[where];
        return sum / 10.0 - static_cast<double>(pattern.values[where]);
    };
    EXPECT_DOUBLE_EQ(corrected_at(with_impulse, 4) - corrected_at(sums, 4), 10'000);
    EXPECT_LT(corrected_at(with_impulse, 3), corrected_at(sums, 3));
    const double share = 10'000 / 4.0 * 255 / 256;
    EXPECT_NEAR(corrected_at(sums, 0) - corrected_at(with_impulse, 0), share, 1e-3);
    EXPECT_NEAR(corrected_at(sums, 8) - corrected_at(with_impulse, 8), share, 1e-3);
}

TEST(KomaPattern, IsScaledByTheDoseWhereItDiffers) {
    const ImageShape shape{8, 8};
    const SumImage others = pattern_only(shape, 8);
    KomaOptions unscaled;
    unscaled.is_dose_scaled = false;
    const FloatImage plain = koma_pattern(others, 0, unscaled);
    double mean = 0;
    for (const std::uint32_t value : std::get<std::vector<std::uint32_t>>(others.values)) mean += value / 8.0 / 64;
    EXPECT_EQ(koma_pattern(others, 1.01 * mean, {}).values, plain.values);
    EXPECT_EQ(koma_pattern(others, 2 * mean, unscaled).values, plain.values);
    const FloatImage doubled = koma_pattern(others, 2 * mean, {});
    for (std::size_t i = 0; i < 64; ++i) EXPECT_FLOAT_EQ(doubled.values[i], 2 * plain.values[i]);
}

TEST(KomaPattern, OfNoMoviesLeavesFramesAsTheyAre) {
    const RunningSum none({4, 4});
    EXPECT_EQ(koma_pattern(none.sum(), 1, {}).values, std::vector<float>(16, 0.0F));
    KomaOptions divided;
    divided.is_divided = true;
    EXPECT_EQ(koma_pattern(none.sum(), 1, divided).values, std::vector<float>(16, 1.0F));
}

TEST(KomaPattern, PixelsWithoutAValueAreLeftAsTheyAre) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const SumImage others{{2, 2}, 1, std::vector<double>{nan, 1, 2, 3}};
    EXPECT_EQ(koma_pattern(others, 2, {}).values, (std::vector<float>{0, -1, 0, 1}));
    const SumImage zeros{{2, 2}, 1, std::vector<double>{0, 2, 2, 4}};
    KomaOptions divided;
    divided.is_divided = true;
    EXPECT_EQ(koma_pattern(zeros, 2, divided).values, (std::vector<float>{1, 1, 1, 0.5}));
}

/// Mean over movies of the correlation between a movie's frames after KOMA.
double correlation_after(Session& session, std::int64_t radius, int movies) {
    double total = 0;
    for (int movie = 0; movie < movies; ++movie) {
        RunningSum others(session.shape);
        for (std::int64_t other = 0; other < 2 * radius; ++other) others.add(session.sum());
        const FloatImage pattern = koma_pattern(others.sum(), 1, {});
        FrameCorrelation frames(session.shape);
        for (std::int64_t f = 0; f < session.frames; ++f) {
            std::vector<float> frame = session.counts.frame<float>(session.rates);
            if (radius > 0) subtract(frame, pattern);
            frames.add(frame);
        }
        total += frames.mean();
    }
    return total / movies;
}

TEST(Koma, CorrelationOfAStaticPatternFallsAsTheFormulaSays) {
    constexpr double spread = 0.05;
    Session session({96, 96}, 20, spread, 3);
    constexpr int movies = 3;
    const double deviation = std::sqrt(2.0 / movies) / 96 / 19;
    const double before = spread * spread / (spread * spread + 1);
    EXPECT_NEAR(correlation_after(session, 0, movies), before, 0.15 * before + 3 * deviation);
    for (const std::int64_t radius : {1, 4, 25}) {
        const double expected = 1 / (2.0 * static_cast<double>(radius) * 20 + 1);
        EXPECT_NEAR(correlation_after(session, radius, movies), expected, 0.15 * expected + 3 * deviation) << radius;
    }
}

}  // namespace
}  // namespace mrcz
