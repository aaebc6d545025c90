#include "base/frame_random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace mrcz {
namespace {

constexpr std::uint64_t pixels = 200000;

TEST(FrameRandom, FollowsFromSeedFramePixelAndStream) {
    const FrameRandom random(1, 2);
    EXPECT_EQ(random.at(3), FrameRandom(1, 2).at(3));
    EXPECT_NE(random.at(3), FrameRandom(2, 2).at(3));
    EXPECT_NE(random.at(3), FrameRandom(1, 3).at(3));
    EXPECT_NE(random.at(3), random.at(4));
    EXPECT_NE(random.at(3), random.at(3, 1));
}

TEST(FrameRandom, GivesTheSameBitsForEver) { EXPECT_EQ(FrameRandom(1, 2).at(3), 17148510162930744083U); }

TEST(FrameRandom, NumbersBelowACountAreEquallyFrequent) {
    std::array<int, 24> seen{};
    const FrameRandom random(5, 0);
    for (std::uint64_t pixel = 0; pixel < pixels; ++pixel) ++seen.at(random_below(random.at(pixel), 24));
    double chi_squared = 0;
    for (const int count : seen) chi_squared += std::pow(count - pixels / 24.0, 2) / (pixels / 24.0);
    EXPECT_LT(chi_squared, 60);
}

TEST(FrameRandom, UnitsAreUniform) {
    const FrameRandom random(5, 1);
    double sum = 0, squares = 0;
    for (std::uint64_t pixel = 0; pixel < pixels; ++pixel) {
        const double unit = static_cast<double>(random_unit(random.at(pixel)));
        ASSERT_TRUE(unit >= 0 && unit < 1);
        sum += unit;
        squares += unit * unit;
    }
    EXPECT_NEAR(sum / pixels, 1.0 / 2, 0.004);
    EXPECT_NEAR(squares / pixels, 1.0 / 3, 0.004);
}

TEST(FrameRandom, NormalNumbersHaveTheMomentsOfOne) {
    const FrameRandom random(7, 0);
    std::array<double, 4> moments{};
    for (std::uint64_t pixel = 0; pixel < pixels; ++pixel) {
        const double x = static_cast<double>(random_normal(random.at(pixel), random.at(pixel, 1)));
        for (std::size_t order = 0; order < 4; ++order) moments[order] += std::pow(x, order + 1) / pixels;
    }
    EXPECT_NEAR(moments[0], 0, 0.01);
    EXPECT_NEAR(moments[1], 1, 0.02);
    EXPECT_NEAR(moments[2], 0, 0.04);
    EXPECT_NEAR(moments[3], 3, 0.15);
}

TEST(FrameRandom, FramesAndNeighboursAreNotCorrelated) {
    double neighbours = 0, frames = 0;
    for (std::uint64_t pixel = 0; pixel < pixels; ++pixel) {
        const auto centred = [](std::uint64_t bits) { return static_cast<double>(random_unit(bits)) - 0.5; };
        const double x = centred(FrameRandom(9, 0).at(pixel));
        neighbours += 12 * x * centred(FrameRandom(9, 0).at(pixel + 1)) / pixels;
        frames += 12 * x * centred(FrameRandom(9, 1).at(pixel)) / pixels;
    }
    EXPECT_NEAR(neighbours, 0, 0.01);
    EXPECT_NEAR(frames, 0, 0.01);
}

}  // namespace
}  // namespace mrcz
