#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mrcz/header.hpp"

namespace mrcz {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t a_frame = 4096 * 4096;

FrameStatistics of_halves(const FrameStatistics& statistics, std::uint64_t pixels) {
    return stated_statistics(statistics, PixelType::float16, pixels);
}

FrameStatistics of_floats(const FrameStatistics& statistics, std::uint64_t pixels = a_frame) {
    return stated_statistics(statistics, PixelType::float32, pixels);
}

bool states_deviation(const FrameStatistics& stated) { return !std::isnan(stated.standard_deviation); }

FrameStatistics constant(double value) { return {value, value, value, 0, 0}; }

TEST(StatedStatistics, OrdinaryOnesAreStatedAsTheyAre) {
    const FrameStatistics ordinary{-3, 250.5, 17.25, 4.5, 0};
    EXPECT_EQ(of_floats(ordinary), ordinary);
    EXPECT_EQ(of_floats(ordinary, 40 * a_frame), ordinary);
    EXPECT_EQ(of_halves(ordinary, 100), ordinary);
}

TEST(StatedStatistics, ThoseOfIntegersAreAlwaysFoundAgain) {
    const FrameStatistics wide{0, 65535, 1e4, 1e4, 0}, same = constant(1);
    for (const PixelType type : {PixelType::int8, PixelType::int16, PixelType::uint16, PixelType::uint4}) {
        EXPECT_EQ(stated_statistics(wide, type, 1000 * a_frame), wide);
        EXPECT_EQ(stated_statistics(same, type, 1000 * a_frame), same);
    }
}

TEST(StatedStatistics, NoneAreStatedWherePixelsAreNotFinite) {
    for (const PixelType type : {PixelType::float16, PixelType::float32})
        for (const FrameStatistics& found :
             {FrameStatistics{0, 1, 0.5, 0.5, 1}, {0, infinity, infinity, nan, 0}, {-infinity, 0, -infinity, nan, 0}}) {
            const FrameStatistics stated = stated_statistics(found, type, 100);
            EXPECT_TRUE(std::isnan(stated.minimum) && std::isnan(stated.maximum));
            EXPECT_TRUE(std::isnan(stated.mean) && std::isnan(stated.standard_deviation));
            EXPECT_EQ(stated.nan_count, found.nan_count);
        }
}

TEST(StatedStatistics, NoDeviationWhereSumsOrSquaresOverflow) {
    for (const double scale : {1e19, 1e30, 3e38}) {
        const FrameStatistics stated = of_floats({-scale, scale, scale / 10, scale / 2, 0});
        EXPECT_FALSE(states_deviation(stated)) << scale;
        EXPECT_EQ(stated.minimum, -scale);
        EXPECT_EQ(stated.maximum, scale);
        EXPECT_EQ(stated.mean, scale / 10);
    }
    EXPECT_TRUE(states_deviation(of_floats({-1e15, 1e15, 1e14, 5e14, 0})));
    EXPECT_FALSE(states_deviation(of_floats(constant(std::ldexp(1, 120)), 512))) << "of their sum alone";
    EXPECT_TRUE(states_deviation(of_halves({-3, 250.5, 17.25, 10, 0}, 500)));
    EXPECT_FALSE(states_deviation(of_halves({-3, 250.5, 17.25, 30, 0}, 500))) << "500 * 30^2 > 65504";
    EXPECT_FALSE(states_deviation(of_halves({199, 201, 200, 1, 0}, 500))) << "500 * 200 > 65504";
}

TEST(StatedStatistics, NoDeviationWhereTheMeanIsRoundedByMuchOfIt) {
    EXPECT_FALSE(states_deviation(of_floats({1e6 - 1, 1e6 + 1, 1e6, 1e-2, 0})));
    EXPECT_TRUE(states_deviation(of_floats({1e6 - 1e5, 1e6 + 1e5, 1e6, 1e4, 0})));
    EXPECT_FALSE(states_deviation(of_halves({999, 1001, 1000, 0.5, 0}, 10)));
    EXPECT_TRUE(states_deviation(of_halves({990, 1010, 1000, 10, 0}, 10)));
}

TEST(StatedStatistics, NoDeviationWhereItsSquaresAreTooSmallForTheType) {
    EXPECT_FALSE(states_deviation(of_halves({0, 0.001, 0.0001, 0.001, 0}, 100)));
    EXPECT_TRUE(states_deviation(of_halves({-0.1, 0.1, 0.01, 0.02, 0}, 100)));
    EXPECT_TRUE(states_deviation(of_floats({0, 1e-30, 1e-31, 1e-30, 0}))) << "1e-8 are forgiven";
}

TEST(StatedStatistics, EqualPixelsHaveTheirDeviationWhereSumsAreExact) {
    EXPECT_TRUE(states_deviation(of_floats(constant(0), 1000 * a_frame)));
    EXPECT_TRUE(states_deviation(of_floats(constant(-1), a_frame)));
    EXPECT_TRUE(states_deviation(of_halves(constant(65504), 1)));
    EXPECT_TRUE(states_deviation(of_floats(constant(static_cast<double>(0.1F)), 1)));
    EXPECT_FALSE(states_deviation(of_floats(constant(static_cast<double>(0.1F)), 3)));
    EXPECT_FALSE(states_deviation(of_halves(constant(1), 3000)));
}

TEST(StatedStatistics, NoMeanWhereOnlyRoundingsAreLeftOfIt) {
    EXPECT_TRUE(std::isnan(of_floats({-1e30, 1e30, 0.3, 1e29, 0}).mean));
    EXPECT_EQ(of_floats({-1e30, 1e30, 1e26, 1e29, 0}).mean, 1e26);
    EXPECT_EQ(of_floats({-100, 100, 0, 1, 0}).mean, 0) << "images brought to a mean of zero";
}

}  // namespace
}  // namespace mrcz
