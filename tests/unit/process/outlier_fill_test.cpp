#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "kit/outlier_stack.hpp"
#include "mrcz/error.hpp"
#include "mrcz/outliers.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t side = 32;
constexpr std::size_t pixels = side * side;
constexpr std::uint64_t hot = 16 * side + 16;

SumImage hot_sum(std::uint32_t mean = 10000, std::int64_t frames = 1) {
    std::vector<std::uint32_t> values(pixels, mean);
    values[hot] = 6 * mean;
    return {{side, side}, frames, values};
}

/// A frame whose pixels count upwards, so that each tells where it came from.
template <class Value>
std::vector<Value> ramp() {
    std::vector<Value> frame(pixels);
    for (std::size_t i = 0; i < pixels; ++i) frame[i] = static_cast<Value>(i);
    return frame;
}

bool is_near(std::uint64_t one, std::uint64_t other) {
    const auto x = [](std::uint64_t at) { return static_cast<std::int64_t>(at) % side; };
    const auto y = [](std::uint64_t at) { return static_cast<std::int64_t>(at) / side; };
    return std::abs(x(one) - x(other)) <= 2 && std::abs(y(one) - y(other)) <= 2;
}

TEST(FillOutliers, RandomDrawsEveryGoodNeighbourOfTheSameFrameAlike) {
    const Outliers outliers = find_outliers(hot_sum());
    std::map<std::int32_t, int> drawn;
    constexpr int frames = 4800;
    for (std::int64_t f = 0; f < frames; ++f) {
        auto frame = ramp<std::int32_t>();
        fill_outliers(std::span(frame), outliers, OutlierFill::random, f, 9);
        ++drawn[frame[hot]];
        frame[hot] = static_cast<std::int32_t>(hot);
        ASSERT_EQ(frame, ramp<std::int32_t>());
    }
    EXPECT_EQ(drawn.size(), 24U);
    for (const auto& [from, count] : drawn) {
        EXPECT_TRUE(is_near(static_cast<std::uint64_t>(from), hot)) << from;
        EXPECT_NE(from, static_cast<std::int32_t>(hot));
        EXPECT_NEAR(count, frames / 24, 60);
    }
}

TEST(FillOutliers, RandomFollowsFromSeedAndFrameAlone) {
    const auto stack = kit::make_outlier_stack({.side = 64, .frames = 2, .hot_share = 0.05});
    const Outliers outliers = find_outliers(stack.sum());
    const auto filled_with = [&](std::int64_t frame_index, std::uint64_t seed) {
        auto frame = stack.frames[0];
        fill_outliers(std::span(frame), outliers, OutlierFill::random, frame_index, seed);
        return frame;
    };
    EXPECT_EQ(filled_with(0, 1), filled_with(0, 1));
    EXPECT_NE(filled_with(0, 1), filled_with(1, 1));
    EXPECT_NE(filled_with(0, 1), filled_with(0, 2));
}

TEST(FillOutliers, RandomKeepsTheVarianceOfCounts) {
    const auto stack = kit::make_outlier_stack({.side = 128, .frames = 30, .mean = 3, .hot_share = 0.03});
    const Outliers outliers = find_outliers(stack.sum());
    double sum = 0, squares = 0, count = 0;
    for (std::size_t f = 0; f < stack.frames.size(); ++f) {
        auto frame = stack.frames[f];
        fill_outliers(std::span(frame), outliers, OutlierFill::random, static_cast<std::int64_t>(f), 1);
        for (const OutlierPixel& pixel : outliers.pixels) {
            if (!pixel.is_outlier()) continue;
            sum += frame[pixel.index];
            squares += frame[pixel.index] * frame[pixel.index];
            ++count;
        }
    }
    const double mean = sum / count, variance = squares / count - mean * mean;
    EXPECT_NEAR(mean, 3, 0.15);
    EXPECT_NEAR(variance / mean, 1, 0.05);
}

TEST(FillOutliers, NeverReadsAnotherOutlier) {
    std::vector<std::uint8_t> bad(pixels);
    for (std::uint64_t at = 0; at < pixels; at += 3) bad[at] = 1;
    const Outliers outliers = find_outliers({{side, side}, 1, std::vector<std::uint32_t>(pixels, 100)}, {}, bad);
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean}) {
        std::vector<std::uint16_t> frame(pixels, 100);
        for (std::uint64_t at = 0; at < pixels; at += 3) frame[at] = 60000;
        fill_outliers(std::span(frame), outliers, fill, 0, 1);
        EXPECT_EQ(frame, std::vector<std::uint16_t>(pixels, 100));
    }
}

TEST(FillOutliers, FrameTakesTheNeighboursOfTheFrameMeanThoseOfTheSum) {
    const Outliers outliers = find_outliers(hot_sum(10000, 100));
    auto frame = ramp<float>();
    fill_outliers(std::span(frame), outliers, OutlierFill::frame, 0, 1);
    EXPECT_NEAR(frame[hot], static_cast<float>(hot), 1e-3);  // the kernel is symmetric
    fill_outliers(std::span(frame), outliers, OutlierFill::mean, 0, 1);
    EXPECT_NEAR(frame[hot], 100, 1e-3);
}

TEST(FillOutliers, FrameFillsEachPixelFromWhatWasMeasuredWhateverElseIsFilled) {
    for (const double hot_share : {0.002, 0.05}) {
        const auto stack = kit::make_outlier_stack({.side = 96, .frames = 4, .mean = 20, .hot_share = hot_share});
        const Outliers outliers = find_outliers(stack.sum());
        const std::vector<float> measured(stack.frames[0].begin(), stack.frames[0].end());
        std::vector<float> together = measured, one_by_one = measured;
        fill_outliers(std::span(together), outliers, OutlierFill::frame, 0, 1);
        Outliers one = outliers;
        for (const OutlierPixel& pixel : outliers.pixels) {
            std::vector<float> frame = measured;
            one.pixels = {pixel};
            fill_outliers(std::span(frame), one, OutlierFill::frame, 0, 1);
            one_by_one[pixel.index] = frame[pixel.index];
        }
        EXPECT_EQ(together, one_by_one);
    }
}

TEST(FillOutliers, FloatsAreBlendedByTheWeight) {
    Outliers outliers = find_outliers(hot_sum());
    outliers.pixels = {{hot, 0.75F, 40.0F, 0, false}};
    std::vector<float> frame(pixels, 80);
    fill_outliers(std::span(frame), outliers, OutlierFill::mean, 0, 1);
    EXPECT_FLOAT_EQ(frame[hot], 70);
    fill_outliers(std::span(frame), outliers, OutlierFill::random, 0, 1);
    EXPECT_FLOAT_EQ(frame[hot], 70);
}

TEST(FillOutliers, IntegersAreReplacedByWholesWithinTheirRange) {
    Outliers outliers = find_outliers(hot_sum());
    const auto filled_with = [&](float fill, float weight) {
        outliers.pixels = {{hot, weight, fill, 0, false}};
        std::vector<std::uint8_t> frame(pixels, 80);
        fill_outliers(std::span(frame), outliers, OutlierFill::mean, 0, 1);
        return int{frame[hot]};
    };
    EXPECT_EQ(filled_with(41, 0), 41);
    EXPECT_EQ(filled_with(41, 0.4F), 41);
    EXPECT_EQ(filled_with(41, 0.6F), 80);
    EXPECT_EQ(filled_with(300.5F, 0), 255);
    EXPECT_EQ(filled_with(-3.5F, 0), 0);
}

TEST(FillOutliers, IntegersKeepTheMeanOfSparseCounts) {
    const auto stack = kit::make_outlier_stack({.side = 128, .frames = 60, .mean = 0.1, .hot_share = 0.02});
    const Outliers outliers = find_outliers(stack.sum());
    for (const OutlierFill fill : {OutlierFill::frame, OutlierFill::mean}) {
        double sum = 0, count = 0;
        for (std::size_t f = 0; f < stack.frames.size(); ++f) {
            auto frame = stack.frames[f];
            fill_outliers(std::span(frame), outliers, fill, static_cast<std::int64_t>(f), 1);
            for (const OutlierPixel& pixel : outliers.pixels) {
                if (!pixel.is_outlier()) continue;
                sum += frame[pixel.index];
                ++count;
            }
        }
        EXPECT_NEAR(sum / count, 0.1, 0.01);
    }
}

TEST(FillOutliers, WhatIsNoNumberLeavesNoTrace) {
    std::vector<double> values(pixels, 100);
    values[hot] = std::numeric_limits<double>::quiet_NaN();
    const Outliers outliers = find_outliers({{side, side}, 1, values});
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean}) {
        std::vector<float> frame(pixels, 100);
        frame[hot] = std::numeric_limits<float>::quiet_NaN();
        fill_outliers(std::span(frame), outliers, fill, 0, 1);
        EXPECT_EQ(frame, std::vector<float>(pixels, 100));
    }
}

TEST(FillOutliers, TheMiddleOfALargeDefectIsDrawnFromGoodPixels) {
    std::vector<std::uint8_t> bad(pixels, 1);
    for (std::size_t i = 0; i < 8 * side; ++i) bad[i] = 0;
    const Outliers outliers = find_outliers({{side, side}, 1, std::vector<std::uint32_t>(pixels, 5)}, {}, bad);
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean}) {
        std::vector<std::int16_t> frame(pixels, 99);
        std::fill_n(frame.begin(), 8 * side, std::int16_t{5});
        fill_outliers(std::span(frame), outliers, fill, 0, 1);
        EXPECT_EQ(frame, std::vector<std::int16_t>(pixels, 5));
    }
}

TEST(FillOutliers, DecorrelatedFillsDifferByHalfTheNoiseOfAFrame) {
    const auto stack = kit::make_outlier_stack({.side = 64, .frames = 100, .mean = 4, .hot_share = 0.02});
    OutlierOptions options;
    EXPECT_EQ(find_outliers(stack.sum(), options).added_noise, 0);
    options.is_decorrelated = true;
    const Outliers outliers = find_outliers(stack.sum(), options);
    EXPECT_NEAR(outliers.added_noise, 0.5 * std::sqrt(4), 0.1);
    double squares = 0, count = 0;
    for (std::int64_t f = 0; f < 100; ++f) {
        std::vector<float> frame(stack.planted.size());
        fill_outliers(std::span(frame), outliers, OutlierFill::mean, f, 1);
        for (const OutlierPixel& pixel : outliers.pixels) {
            if (pixel.weight > 1e-6F) continue;
            squares += std::pow(static_cast<double>(frame[pixel.index] - pixel.fill), 2);
            ++count;
        }
    }
    EXPECT_NEAR(std::sqrt(squares / count), outliers.added_noise, 0.05);
}

TEST(FillOutliers, AFrameOfAnotherSizeIsRefused) {
    std::vector<float> frame(pixels - 1);
    EXPECT_THROW(fill_outliers(std::span(frame), find_outliers(hot_sum()), OutlierFill::mean, 0, 1), Error);
}

TEST(FilledSum, HasTheMeanFillInWholeNumbers) {
    const SumImage sum = hot_sum(1000, 7);
    const SumImage result = filled(sum, find_outliers(sum));
    EXPECT_EQ(result, (SumImage{{side, side}, 7, std::vector<std::uint32_t>(pixels, 1000)}));
}

TEST(FilledSum, IsThatOfTheFilledFrames) {
    const auto stack = kit::make_outlier_stack({.side = 64, .frames = 10, .hot_share = 0.03});
    const SumImage sum = stack.sum();
    const Outliers outliers = find_outliers(sum);
    std::vector<double> total(stack.planted.size());
    for (std::size_t f = 0; f < stack.frames.size(); ++f) {
        std::vector<float> frame(stack.frames[f].begin(), stack.frames[f].end());
        fill_outliers(std::span(frame), outliers, OutlierFill::mean, static_cast<std::int64_t>(f), 1);
        for (std::size_t i = 0; i < frame.size(); ++i) total[i] += static_cast<double>(frame[i]);
    }
    const auto values = std::get<std::vector<std::uint32_t>>(filled(sum, outliers).values);
    for (std::size_t i = 0; i < total.size(); ++i) ASSERT_NEAR(values[i], total[i], 0.501);
}

TEST(FilledSum, AnImageOfAnotherSizeIsRefused) {
    const SumImage other{{2, 2}, 1, std::vector<std::uint32_t>(4)};
    EXPECT_THROW((void)filled(other, find_outliers(hot_sum())), Error);
}

}  // namespace
}  // namespace mrcz
