#include "process/random_rounding.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace mrcz {
namespace {

constexpr std::int16_t least = std::numeric_limits<std::int16_t>::min();
constexpr std::int16_t greatest = std::numeric_limits<std::int16_t>::max();

std::vector<std::int16_t> rounded(const std::vector<float>& values, std::int64_t frame, std::uint64_t seed) {
    std::vector<std::int16_t> whole(values.size());
    (void)round_at_random<std::int16_t>(values, whole, least, greatest, frame, seed);
    return whole;
}

TEST(RandomRounding, WholeValuesStay) {
    EXPECT_EQ(rounded({0, -1, 5, -32768, 32767, -0.0F}, 3, 7), (std::vector<std::int16_t>{0, -1, 5, -32768, 32767, 0}));
}

TEST(RandomRounding, KeepsTheMean) {
    constexpr std::size_t pixels = 200'000;
    for (const float value : {0.25F, -0.05F, 3.9F, -7.5F}) {
        double total = 0;
        for (const std::int16_t whole : rounded(std::vector<float>(pixels, value), 0, 1)) {
            EXPECT_TRUE(whole == std::floor(value) || whole == std::ceil(value));
            total += whole;
        }
        const double fraction = value - std::floor(value);
        const double deviation = std::sqrt(fraction * (1 - fraction) / pixels);
        EXPECT_NEAR(total / pixels, value, 5 * deviation) << value;
    }
}

TEST(RandomRounding, OtherSeedsAndFramesDrawOthers) {
    const std::vector<float> halves(10'000, 0.5F);
    const auto first = rounded(halves, 0, 1);
    EXPECT_EQ(rounded(halves, 0, 1), first);
    for (const auto& other : {rounded(halves, 1, 1), rounded(halves, 0, 2)}) {
        std::size_t alike = 0;
        for (std::size_t i = 0; i < first.size(); ++i) alike += first[i] == other[i] ? 1 : 0;
        EXPECT_NEAR(static_cast<double>(alike), 5000, 250);
    }
}

TEST(RandomRounding, NeighboursDrawWithoutEachOther) {
    const auto drawn = rounded(std::vector<float>(100'000, 0.5F), 0, 9);
    std::size_t alike = 0;
    for (std::size_t i = 1; i < drawn.size(); ++i) alike += drawn[i] == drawn[i - 1] ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(alike), 50'000, 800);
}

TEST(RandomRounding, CountsWhatIsBeyondTheRange) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> values{-40'000, 1e20F, nan, infinity, -infinity, 12};
    std::vector<std::int16_t> whole(values.size());
    EXPECT_EQ(round_at_random<std::int16_t>(values, whole, least, greatest, 0, 0), 5U);
    EXPECT_EQ(whole, (std::vector<std::int16_t>{least, greatest, 0, greatest, least, 12}));
}

TEST(RandomRounding, EndsOf32BitsAreNotPassed) {
    const std::vector<float> values{3e9F, -3e9F};
    std::vector<std::int32_t> whole(2);
    EXPECT_EQ(round_at_random<std::int32_t>(values, whole, INT32_MIN, INT32_MAX, 0, 0), 2U);
    EXPECT_EQ(whole, (std::vector<std::int32_t>{2147483520, INT32_MIN}));
}

}  // namespace
}  // namespace mrcz
