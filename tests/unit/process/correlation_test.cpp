#include "mrcz/correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"

namespace mrcz {
namespace {

constexpr ImageShape shape{50, 30};

std::vector<std::vector<float>> movie(std::size_t frames, double spread, std::uint64_t seed) {
    kit::Counts counts(seed);
    std::vector<double> rates(shape.pixels());
    for (double& rate : rates) rate = std::max(0.01, 4 + spread * counts.normal());
    std::vector<std::vector<float>> result;
    for (std::size_t f = 0; f < frames; ++f) result.push_back(counts.frame<float>(rates));
    return result;
}

double streamed(const std::vector<std::vector<float>>& frames, std::int64_t lag) {
    FrameCorrelation correlation(shape, lag);
    for (const auto& frame : frames) correlation.add(frame);
    return correlation.mean();
}

double over_pairs(const std::vector<std::vector<float>>& frames, std::size_t lag) {
    double total = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        for (std::size_t j = i + 1; j < frames.size(); ++j) {
            if (lag != 0 && j - i != lag) continue;
            total += correlation(frames[i], frames[j]);
            ++pairs;
        }
    }
    return total / pairs;
}

TEST(Correlation, IsPearsons) {
    const std::vector<float> x{1, 2, 3, 4};
    EXPECT_DOUBLE_EQ(correlation(x, x), 1);
    EXPECT_DOUBLE_EQ(correlation(x, std::vector<float>{8, 6, 4, 2}), -1);
    EXPECT_NEAR(correlation(x, std::vector<float>{1, 3, 2, 4}), 0.8, 1e-15);
}

TEST(Correlation, OfAConstantImageIsNoNumber) {
    const std::vector<float> x{1, 2, 3, 4};
    EXPECT_TRUE(std::isnan(correlation(x, std::vector<float>(4, 7))));
    EXPECT_TRUE(std::isnan(correlation({}, {})));
    EXPECT_THROW((void)correlation(x, std::vector<float>(3)), Error);
}

TEST(FrameCorrelation, StreamingEqualsTheMeanOverAllPairs) {
    const auto frames = movie(9, 1, 11);
    EXPECT_NEAR(streamed(frames, 0), over_pairs(frames, 0), 1e-12);
}

TEST(FrameCorrelation, WithALagEqualsTheMeanOverItsPairs) {
    const auto frames = movie(9, 1, 12);
    for (const std::size_t lag : {1, 3, 8}) {
        EXPECT_NEAR(streamed(frames, static_cast<std::int64_t>(lag)), over_pairs(frames, lag), 1e-6) << lag;
    }
    EXPECT_TRUE(std::isnan(streamed(frames, 9)));
}

TEST(FrameCorrelation, IsPatternVarianceOverAllVariance) {
    EXPECT_NEAR(streamed(movie(20, 1, 13), 0), 1.0 / 5, 0.02);
    EXPECT_NEAR(streamed(movie(20, 0, 14), 0), 0, 3 / std::sqrt(1500.0 * 190));
}

TEST(FrameCorrelation, SurvivesALargeOffset) {
    auto frames = movie(5, 1, 15);
    const double plain = streamed(frames, 0);
    for (auto& frame : frames) {
        for (float& value : frame) value += 1e6F;
    }
    EXPECT_NEAR(streamed(frames, 0), plain, 1e-9);
}

TEST(FrameCorrelation, FramesWithoutVariationOrWithNaNCountForNothing) {
    const auto frames = movie(4, 1, 16);
    auto more = frames;
    more.insert(more.begin() + 2, std::vector<float>(shape.pixels(), 3.7F));
    more.push_back(frames[0]);
    more.back()[17] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_DOUBLE_EQ(streamed(more, 0), streamed(frames, 0));
    EXPECT_DOUBLE_EQ(streamed({frames[0], more[2], frames[1], frames[2]}, 1), streamed({frames[1], frames[2]}, 1));
}

TEST(FrameCorrelation, OfFewerThanAPairIsNoNumber) {
    EXPECT_TRUE(std::isnan(streamed({}, 0)));
    EXPECT_TRUE(std::isnan(streamed(movie(1, 1, 17), 0)));
    FrameCorrelation frames(shape);
    EXPECT_THROW(frames.add(std::vector<float>(5)), Error);
    EXPECT_THROW(FrameCorrelation(shape, -1), Error);
}

TEST(FanoFactor, IsOneForCountsAndTheScaleForScaledCounts) {
    for (const float scale : {1.0F, 100.0F}) {
        auto frames = movie(2, 2, 18);
        FanoFactor fano;
        for (int pair = 0; pair < 10; ++pair) {
            frames = movie(2, 2, 20 + static_cast<std::uint64_t>(pair));
            for (auto& frame : frames) {
                for (float& value : frame) value *= scale;
            }
            fano.add(frames[0], frames[1]);
        }
        EXPECT_NEAR(fano.value() / static_cast<double>(scale), 1, 0.04);
    }
}

TEST(FanoFactor, DoesNotCountFlickerOfTheBeam) {
    const std::vector<float> dim{1, 2, 3, 4};
    const std::vector<float> bright{11, 12, 13, 14};
    FanoFactor fano;
    fano.add(dim, bright);
    EXPECT_DOUBLE_EQ(fano.value(), 0);
}

TEST(FanoFactor, IsNoNumberWithoutPairsOrCounts) {
    FanoFactor fano;
    EXPECT_TRUE(std::isnan(fano.value()));
    fano.add(std::vector<float>(4), std::vector<float>(4));
    EXPECT_TRUE(std::isnan(fano.value()));
}

}  // namespace
}  // namespace mrcz
