#include <gtest/gtest.h>

#include <algorithm>

#include "kit/counts.hpp"
#include "mrcz/outliers.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t side = 64;

/// Counts of mean 100, with rectangles of other means, or of one value.
struct Scene {
    kit::Counts counts{5};
    std::vector<std::uint32_t> values = counts.frame<std::uint32_t>(side * side, 100);

    Scene& put(std::int64_t x, std::int64_t y, std::int64_t columns, std::int64_t rows, double mean) {
        return set(x, y, columns, rows, [&] { return static_cast<std::uint32_t>(counts.poisson(mean)); });
    }
    Scene& put_constant(std::int64_t x, std::int64_t y, std::int64_t columns, std::int64_t rows, std::uint32_t value) {
        return set(x, y, columns, rows, [&] { return value; });
    }
    template <class Draw>
    Scene& set(std::int64_t x, std::int64_t y, std::int64_t columns, std::int64_t rows, const Draw& draw) {
        for (std::int64_t row = y; row < y + rows; ++row)
            for (std::int64_t column = x; column < x + columns; ++column)
                values[static_cast<std::size_t>(row * side + column)] = draw();
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
    for (const std::uint32_t value : {4U, 400U}) {
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
    const Outliers found =
        Scene().put_constant(20, 30, 7, 7, 70).put_constant(22, 32, 3, 1, 55).put_constant(23, 35, 1, 1, 55).outliers();
    EXPECT_EQ(outliers_within(found, 20, 30, 7, 7), 0);
    EXPECT_GE(found.spared, 4U);
}

TEST(OutlierPatches, LongStraightBandsAreDefects) {
    const Outliers columns = Scene().put(20, 0, 3, side, 400).put(40, 5, 4, 40, 10).outliers();
    EXPECT_EQ(outliers_within(columns, 20, 0, 3, side), 3 * side);
    EXPECT_EQ(outliers_within(columns, 40, 5, 4, 40), 4 * 40);
    const Outliers rows = Scene().put(0, 20, side, 8, 10).put(20, 40, 30, 3, 400).outliers();
    EXPECT_EQ(outliers_within(rows, 0, 20, side, 8), 8 * side);
    EXPECT_EQ(outliers_within(rows, 20, 40, 30, 3), 90);
    EXPECT_EQ(columns.spared + rows.spared, 0U);
}

TEST(OutlierPatches, BandsWithGapsAreDefectsWhole) {
    Scene scene = Scene().put(20, 0, 4, side, 300);
    for (std::int64_t y = 3; y < side; y += 7) scene.put(20 + y % 4, y, 1, 1, 100);
    EXPECT_EQ(scene.outliers().spared, 0U);
}

TEST(OutlierPatches, DiscsAndSlantedBarsAreNoStraightBands) {
    Scene disc;
    for (std::int64_t y = -10; y <= 10; ++y)
        for (std::int64_t x = -10; x <= 10; ++x)
            if (x * x + y * y <= 100) disc.put(32 + x, 32 + y, 1, 1, 300);
    EXPECT_GT(disc.outliers().spared, 300U);
    Scene bar;
    for (std::int64_t y = 0; y < side; ++y) bar.put(8 + y / 2, y, 5, 1, 300);
    EXPECT_GT(bar.outliers().spared, 250U);
}

TEST(OutlierPatches, OfOneValueThroughoutAreDefects) {
    for (const std::uint32_t value : {0U, 4080U}) {
        const Outliers found = Scene().put_constant(20, 30, 5, 4, value).put_constant(40, 30, 3, 3, value).outliers();
        EXPECT_EQ(outliers_within(found, 20, 30, 23, 5), 29) << value;
        EXPECT_EQ(found.spared, 0U) << value;
    }
}

TEST(OutlierPatches, AHotPixelInADarkPatchIsNoPartOfIt) {
    const Outliers found = Scene().put(20, 30, 9, 9, 4).put_constant(24, 34, 1, 1, 900).outliers();
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
