#include <gtest/gtest.h>

#include <algorithm>

#include "kit/counts.hpp"
#include "mrcz/outliers.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t side = 64;

/// Counts of mean 100, with rectangles of other values.
struct Scene {
    std::vector<std::uint32_t> values = kit::Counts(5).frame<std::uint32_t>(side * side, 100);

    Scene& put(std::int64_t x, std::int64_t y, std::int64_t columns, std::int64_t rows, std::uint32_t value) {
        for (std::int64_t row = y; row < y + rows; ++row)
            for (std::int64_t column = x; column < x + columns; ++column)
                values[static_cast<std::size_t>(row * side + column)] = value;
        return *this;
    }
    [[nodiscard]] Outliers outliers(const OutlierOptions& options = {}, std::span<const std::uint8_t> bad = {}) const {
        return find_outliers({{side, side}, 1, values}, options, bad);
    }
};

std::int64_t outliers_within(const Outliers& found, std::int64_t x, std::int64_t y, std::int64_t columns,
                             std::int64_t rows) {
    return std::ranges::count_if(found.pixels, [&](const OutlierPixel& pixel) {
        const auto at = static_cast<std::int64_t>(pixel.index);
        const std::int64_t dx = at % side - x, dy = at / side - y;
        return pixel.is_outlier() && dx >= 0 && dx < columns && dy >= 0 && dy < rows;
    });
}

TEST(OutlierPatches, OfThreeByThreeAndMoreAreSpared) {
    for (const std::uint32_t value : {2U, 400U}) {
        const Outliers found = Scene().put(20, 30, 5, 4, value).put(40, 30, 3, 3, value).outliers();
        EXPECT_EQ(outliers_within(found, 20, 30, 23, 5), 0) << value;
        EXPECT_EQ(found.spared, 29U) << value;
        EXPECT_LE(found.dead + found.hot, 2U) << value;  // of the noise
    }
}

TEST(OutlierPatches, NarrowerGroupsAreOutliers) {
    const Outliers found = Scene().put(10, 10, 2, 9, 400).put(40, 0, 1, side, 2).put(50, 50, 3, 2, 400).outliers();
    EXPECT_EQ(outliers_within(found, 10, 10, 2, 9), 18);
    EXPECT_EQ(outliers_within(found, 40, 0, 1, side), side);
    EXPECT_EQ(outliers_within(found, 50, 50, 3, 2), 6);
    EXPECT_EQ(found.spared, 0U);
}

TEST(OutlierPatches, OfSoftEdgesAndNoiseAreSparedWhole) {
    const Outliers found = Scene().put(20, 30, 7, 7, 70).put(22, 32, 3, 1, 55).put(23, 35, 1, 1, 55).outliers();
    EXPECT_EQ(outliers_within(found, 20, 30, 7, 7), 0);
    EXPECT_GE(found.spared, 4U);
}

TEST(OutlierPatches, AHotPixelInADarkPatchIsNoPartOfIt) {
    const Outliers found = Scene().put(20, 30, 9, 9, 2).put(24, 34, 1, 1, 900).outliers();
    EXPECT_EQ(found.spared, 80U);
    EXPECT_EQ(outliers_within(found, 20, 30, 9, 9), 1);
}

TEST(OutlierPatches, AHotPixelInABrightCornerIsNoPartOfIt) {
    const Outliers found = Scene().put(0, 0, 10, 10, 128).put(5, 5, 1, 1, 400).outliers();
    EXPECT_EQ(outliers_within(found, 5, 5, 1, 1), 1);
}

TEST(OutlierPatches, CountAsGoodInTheMean) {
    const Outliers found = Scene().put(0, 0, side / 2, 8, 2).outliers();
    EXPECT_EQ(found.spared, 256U);
    EXPECT_NEAR(found.frame_mean, 100 - 98 / 16.0, 0.5);
}

TEST(OutlierPatches, KnownDefectsAreReplacedWhereverTheyAre) {
    std::vector<std::uint8_t> bad(side * side);
    for (std::size_t i = 0; i < 5; ++i)
        std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(30 + i) * side + 20, 5, 1);
    EXPECT_EQ(outliers_within(Scene().put(20, 30, 5, 5, 2).outliers({}, bad), 20, 30, 5, 5), 25);
}

TEST(OutlierPatches, AreReplacedWhenAskedForAndByThePublishedRule) {
    const Scene scene = Scene().put(20, 30, 5, 5, 2);
    OutlierOptions all;
    all.is_sparing_patches = false;
    OutlierOptions paper;
    paper.rule = OutlierRule::paper;
    EXPECT_EQ(outliers_within(scene.outliers(all), 20, 30, 5, 5), 25);
    EXPECT_EQ(outliers_within(scene.outliers(paper), 20, 30, 5, 5), 25);
}

TEST(OutlierPatches, AtTheEdgeOfTheImageNeedTheirWholeBlock) {
    EXPECT_EQ(Scene().put(0, 0, 3, 3, 2).outliers().spared, 9U);
    EXPECT_EQ(Scene().put(0, 0, 2, 3, 2).outliers().spared, 0U);
}

}  // namespace
}  // namespace mrcz
