#include "mrcz/frame_statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace mrcz {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

FrameStatistics of(const std::vector<double>& pixels) {
    FrameStatistics result{nan, nan, nan, nan, 0};
    long double sum = 0, squares = 0;
    std::uint64_t count = 0;
    for (const double pixel : pixels) {
        if (std::isnan(pixel)) {
            ++result.nan_count;
            continue;
        }
        ++count;
        sum += pixel;
        result.minimum = std::fmin(result.minimum, pixel);
        result.maximum = std::fmax(result.maximum, pixel);
    }
    if (count == 0) return result;
    const long double mean = sum / count;
    for (const double pixel : pixels)
        if (!std::isnan(pixel)) squares += (pixel - mean) * (pixel - mean);
    result.mean = static_cast<double>(mean);
    result.standard_deviation = static_cast<double>(std::sqrt(squares / count));
    return result;
}

void expect_combined_as_one(const std::vector<std::vector<double>>& frames, double tolerance = 1e-12) {
    std::vector<FrameStatistics> each;
    std::vector<double> all;
    for (const auto& frame : frames) {
        each.push_back(of(frame));
        all.insert(all.end(), frame.begin(), frame.end());
    }
    const FrameStatistics expected = of(all);
    const FrameStatistics found = combined(each, frames.front().size());
    EXPECT_EQ(found.minimum, expected.minimum);
    EXPECT_EQ(found.maximum, expected.maximum);
    EXPECT_NEAR(found.mean, expected.mean, tolerance * std::abs(expected.mean));
    EXPECT_NEAR(found.standard_deviation, expected.standard_deviation, tolerance * expected.standard_deviation);
    EXPECT_EQ(found.nan_count, expected.nan_count);
}

bool all_are_nan(const FrameStatistics& statistics) {
    return std::isnan(statistics.minimum) && std::isnan(statistics.maximum) && std::isnan(statistics.mean) &&
           std::isnan(statistics.standard_deviation);
}

}  // namespace

TEST(CombinedStatistics, OfOneFrameAreItsOwn) {
    const std::vector<FrameStatistics> one{{-3, 7, 1.25, 2.5, 0}};
    EXPECT_EQ(combined(one, 100), one.front());
}

TEST(CombinedStatistics, EqualThoseOfAllPixels) {
    std::mt19937 random(3);
    std::normal_distribution<double> noise(40, 6);
    std::vector<std::vector<double>> frames(9, std::vector<double>(64));
    for (std::size_t z = 0; z < frames.size(); ++z)
        for (double& pixel : frames[z]) pixel = noise(random) + static_cast<double>(z * z);
    expect_combined_as_one(frames);
}

TEST(CombinedStatistics, FramesWithNanWeighLess) {
    expect_combined_as_one({{1, 2, nan, nan}, {10, 20, 30, 40}, {nan, nan, nan, 5}});
}

TEST(CombinedStatistics, FramesOfNanOnlyCountForNothing) {
    expect_combined_as_one({{nan, nan, nan}, {4, 5, 9}, {nan, nan, nan}});
}

TEST(CombinedStatistics, LargeOffsetsKeepTheirDigits) {
    std::vector<FrameStatistics> frames(1000, FrameStatistics{1e9, 1e9 + 2, 1e9 + 1, 0.5, 0});
    const FrameStatistics all = combined(frames, 4096);
    EXPECT_EQ(all.mean, 1e9 + 1);
    EXPECT_EQ(all.standard_deviation, 0.5);
}

TEST(CombinedStatistics, AreNanWhereNothingIsKnown) {
    EXPECT_TRUE(all_are_nan(combined({}, 100)));
    EXPECT_EQ(combined({}, 100).nan_count, 0U);
    const FrameStatistics nothing{nan, nan, nan, nan, 100};
    const FrameStatistics all = combined(std::vector{nothing, nothing}, 100);
    EXPECT_TRUE(all_are_nan(all));
    EXPECT_EQ(all.nan_count, 200U);
    const FrameStatistics complex{nan, nan, nan, nan, 0};
    EXPECT_TRUE(all_are_nan(combined(std::vector{complex, complex}, 100)));
}

TEST(CombinedStatistics, InfinitePixelsReachTheExtremesAndTheMean) {
    const std::vector<FrameStatistics> frames{{0, 4, 2, 1, 0}, {1, infinity, infinity, nan, 0}};
    const FrameStatistics all = combined(frames, 10);
    EXPECT_EQ(all.minimum, 0);
    EXPECT_EQ(all.maximum, infinity);
    EXPECT_EQ(all.mean, infinity);
}

TEST(CombinedStatistics, DoNotDependOnTheOrderOfExtremes) {
    std::vector<FrameStatistics> frames{{3, 4, 3.5, 0.5, 0}, {-1, 2, 0, 1, 0}, {0, 9, 5, 3, 0}};
    for (int turn = 0; turn < 3; ++turn) {
        const FrameStatistics all = combined(frames, 16);
        EXPECT_EQ(all.minimum, -1);
        EXPECT_EQ(all.maximum, 9);
        std::rotate(frames.begin(), frames.begin() + 1, frames.end());
    }
}

}  // namespace mrcz
