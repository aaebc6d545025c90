#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kit/counts.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

using Values = std::vector<std::uint32_t>;

TEST(BlockContrast, IsTheDeviationOfBlocksOverTheMean) {
    SumImage sum{{128, 64}, 10, Values(128 * 64, 90)};
    auto& values = std::get<Values>(sum.values);
    for (std::size_t y = 0; y < 64; ++y) {
        for (std::size_t x = 64; x < 128; ++x) values[y * 128 + x] = 110;
    }
    EXPECT_DOUBLE_EQ(block_contrast(sum), 0.1);
}

TEST(BlockContrast, BlocksCutByTheEdgeCountByTheirPixels) {
    SumImage sum{{65, 64}, 1, Values(65 * 64, 100)};
    auto& values = std::get<Values>(sum.values);
    for (std::size_t y = 0; y < 64; ++y) values[y * 65 + 64] = 165;
    const double mean = 101;
    const double variance = (64 * 1.0 * 1.0 + 64 * 64.0) / 65;
    EXPECT_NEAR(block_contrast(sum), std::sqrt(variance) / mean, 1e-12);
}

TEST(BlockContrast, HotPixelsHardlyMatterAndNoiseAveragesOut) {
    kit::Counts counts(5);
    SumImage sum{{256, 256}, 40, counts.frame<std::uint32_t>(256 * 256, 40)};
    EXPECT_LT(block_contrast(sum), 0.005);
    auto& values = std::get<Values>(sum.values);
    for (int i = 0; i < 300; ++i) values[counts.index(values.size())] += 150;
    EXPECT_LT(block_contrast(sum), 0.01);
}

TEST(BlockContrast, IsNothingForSmallConstantAndEmptyImages) {
    kit::Counts counts(6);
    EXPECT_EQ(block_contrast({{64, 64}, 1, counts.frame<std::uint32_t>(64 * 64, 40)}), 0);
    EXPECT_EQ(block_contrast({{1, 1}, 1, Values(1, 3)}), 0);
    EXPECT_EQ(block_contrast({{256, 128}, 1, Values(256 * 128, 3)}), 0);
    EXPECT_EQ(block_contrast({{256, 128}, 1, Values(256 * 128, 0)}), 0);
}

TEST(HighContrast, MarksWhatIsFarAboveTheMedian) {
    const std::vector<double> contrasts{0.010, 0.011, 0.012, 0.2, 0.009, 0.011, 0.001};
    EXPECT_EQ(high_contrast(contrasts), (std::vector<std::uint8_t>{0, 0, 0, 1, 0, 0, 0}));
}

TEST(HighContrast, MarksContrastsThatAreNoNumber) {
    const std::vector<double> contrasts{0.010, 0.011, 0.012, std::numeric_limits<double>::quiet_NaN()};
    EXPECT_EQ(high_contrast(contrasts), (std::vector<std::uint8_t>{0, 0, 0, 1}));
}

TEST(HighContrast, MarksNoneOfFewOrOfEqualMovies) {
    EXPECT_EQ(high_contrast(std::vector<double>{0.01, 0.5}), (std::vector<std::uint8_t>{0, 0}));
    EXPECT_EQ(high_contrast(std::vector<double>(4, 0.25)), std::vector<std::uint8_t>(4));
    EXPECT_TRUE(high_contrast({}).empty());
}

}  // namespace
}  // namespace mrcz
