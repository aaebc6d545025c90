#include "mrcz/outliers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "kit/outlier_stack.hpp"
#include "mrcz/correlation.hpp"
#include "mrcz/error.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

using kit::make_outlier_stack;
using kit::OutlierStack;
using kit::OutlierStackPlan;
using kit::Planted;

OutlierOptions paper() {
    OutlierOptions options;
    options.rule = OutlierRule::paper;
    return options;
}

struct Score {
    double recall = 0, precision = 0, false_rate = 0;
};

/// Recall of hot pixels of at least 6 sigma.
Score score_of(const OutlierStack& stack, const Outliers& outliers) {
    std::vector<bool> found(stack.planted.size());
    for (const OutlierPixel& pixel : outliers.pixels) found[pixel.index] = pixel.is_outlier();
    double far = 0, far_found = 0, right = 0, wrong = 0, good = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool is_far = stack.sigmas[i] >= 6, is_good = stack.planted[i] == Planted::good;
        far += is_far;
        far_found += is_far && found[i];
        good += is_good;
        (is_good ? wrong : right) += found[i];
    }
    return {far_found / far, right / (right + wrong), wrong / good};
}

std::vector<float> floats(const std::vector<std::int16_t>& frame) { return {frame.begin(), frame.end()}; }

struct Corrected {
    double correlation = 0;
    double mean = 0;
};

Corrected corrected(const OutlierStack& stack, const Outliers& outliers, OutlierFill fill) {
    FrameCorrelation correlation(stack.shape);
    Corrected result;
    std::int64_t index = 0;
    for (const auto& measured : stack.frames) {
        auto frame = floats(measured);
        fill_outliers(std::span(frame), outliers, fill, index++, 1);
        correlation.add(frame);
        for (const float value : frame) result.mean += static_cast<double>(value);
    }
    result.correlation = correlation.mean();
    result.mean /= static_cast<double>(stack.frames.size() * stack.planted.size());
    return result;
}

double correlation_of(const OutlierStack& stack) {
    Outliers none;
    none.shape = stack.shape;
    return corrected(stack, none, OutlierFill::random).correlation;
}

SumImage image(std::int64_t nx, std::int64_t ny, std::vector<std::uint32_t> values, std::int64_t frames = 1) {
    return {{nx, ny}, frames, std::move(values)};
}

SumImage float_image(std::int64_t nx, std::int64_t ny, std::vector<double> values, std::int64_t frames = 1) {
    return {{nx, ny}, frames, std::move(values)};
}

/// Counts of mean 100 with what a test plants in them.
std::vector<std::uint32_t> counted(std::size_t pixels, double mean = 100, std::uint64_t seed = 3) {
    return kit::Counts(seed).frame<std::uint32_t>(pixels, mean);
}

const OutlierPixel* find(const Outliers& outliers, std::uint64_t index) {
    for (const OutlierPixel& pixel : outliers.pixels)
        if (pixel.index == index) return &pixel;
    return nullptr;
}

std::uint64_t outlier_count(const Outliers& outliers) { return outliers.singletons + outliers.clustered; }

struct Case {
    const char* name;
    OutlierStackPlan plan;
    double recall;
};

class KnownOutliers : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Stacks, KnownOutliers,
                         testing::Values(Case{"mean_1", {}, 0.99}, Case{"mean_4", {.side = 256, .mean = 4}, 0.99},
                                         Case{"mean_a_tenth", {.mean = 0.1}, 0.94},
                                         Case{"a_twentieth_hot", {.side = 256, .hot_share = 0.05}, 0.99}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(KnownOutliers, AreFoundAndLittleElse) {
    const OutlierStack stack = make_outlier_stack(GetParam().plan);
    const Score score = score_of(stack, find_outliers(stack.sum()));
    EXPECT_GE(score.recall, GetParam().recall);
    EXPECT_GE(score.precision, 0.95);
    EXPECT_LE(score.false_rate, 3e-4);
}

TEST_P(KnownOutliers, FilledLeaveNoCorrelationBetweenFramesAndKeepTheMean) {
    const OutlierStackPlan& plan = GetParam().plan;
    const OutlierStack stack = make_outlier_stack(plan);
    const Outliers outliers = find_outliers(stack.sum());
    const double pixels = static_cast<double>(stack.planted.size()), frames = static_cast<double>(plan.frames);
    const double noise = 3 / std::sqrt(pixels * frames * (frames - 1) / 2);
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean}) {
        const Corrected result = corrected(stack, outliers, fill);
        EXPECT_LT(std::abs(result.correlation), noise + 4e-4);
        EXPECT_NEAR(result.mean, plan.mean, 0.003 * plan.mean + 3 * std::sqrt(plan.mean / (pixels * frames)));
    }
}

TEST(FindOutliers, CleanCountsHaveHardlyAny) {
    const OutlierStack stack = make_outlier_stack({.hot_share = 0, .dead_share = 0});
    const Outliers outliers = find_outliers(stack.sum());
    EXPECT_LE(score_of(stack, outliers).false_rate, 1e-4);
    EXPECT_EQ(outliers.hot_threshold, 4.5);
    EXPECT_EQ(outliers.dark_threshold, -4.5);
    EXPECT_LT(std::abs(corrected(stack, outliers, OutlierFill::mean).correlation), 5e-4);
}

TEST(FindOutliers, ThePublishedRuleTakesCorrelatedNoiseDownAsPublished) {
    const OutlierStack stack = make_outlier_stack({});
    const double before = correlation_of(stack);
    EXPECT_GT(before, 0.05);
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean})
        EXPECT_GE(before / std::abs(corrected(stack, find_outliers(stack.sum(), paper()), fill).correlation), 5.5);
}

TEST(FindOutliers, ThePublishedRuleTakesGoodPixelsThatTheGuardedOneKeeps) {
    const OutlierStack stack = make_outlier_stack({});
    const Outliers published = find_outliers(stack.sum(), paper()), guarded = find_outliers(stack.sum());
    EXPECT_GT(score_of(stack, published).false_rate, 10 * score_of(stack, guarded).false_rate);
    EXPECT_LT(published.hot_threshold, 3.5);
    EXPECT_FALSE(published.is_transformed);
    EXPECT_TRUE(guarded.is_transformed);
    EXPECT_NEAR(published.mean, 39.5, 0.3);  // bins taken at their middles
    EXPECT_NEAR(published.sigma, std::sqrt(40), 0.4);
}

TEST(FindOutliers, ASecondRunFindsHardlyAny) {
    const OutlierStack stack = make_outlier_stack({});
    const SumImage sum = stack.sum();
    const Outliers again = find_outliers(filled(sum, find_outliers(sum)));
    EXPECT_LT(static_cast<double>(outlier_count(again)), 1e-4 * static_cast<double>(stack.planted.size()));
}

TEST(FindOutliers, ThreadsDoNotChangeWhatIsFound) {
    const OutlierStack stack = make_outlier_stack({.side = 600, .frames = 4});
    ThreadExecutor eight(8);
    RunContext threads;
    threads.executor = &eight;
    for (const OutlierOptions& options : {OutlierOptions{}, paper()})
        EXPECT_EQ(find_outliers(stack.sum(), options), find_outliers(stack.sum(), options, {}, threads));
}

TEST(FindOutliers, CountsOfEachKindAddUp) {
    const OutlierStack stack = make_outlier_stack({.side = 256});
    const Outliers outliers = find_outliers(stack.sum());
    std::uint64_t counted = outliers.histogram.below + outliers.histogram.above, listed = 0;
    for (const std::uint64_t count : outliers.histogram.counts) counted += count;
    for (const OutlierPixel& pixel : outliers.pixels) listed += pixel.is_outlier();
    EXPECT_EQ(counted, stack.planted.size());
    EXPECT_EQ(listed, outlier_count(outliers));
    EXPECT_GT(outliers.hot, 300U);
    EXPECT_GT(outliers.dead, 5U);
    EXPECT_NEAR(outliers.frame_mean, 1, 0.01);
}

TEST(FindOutliers, PixelsAreListedOnceByRisingIndex) {
    const Outliers outliers = find_outliers(make_outlier_stack({.side = 300}).sum());
    for (std::size_t i = 1; i < outliers.pixels.size(); ++i)
        ASSERT_LT(outliers.pixels[i - 1].index, outliers.pixels[i].index);
}

TEST(FindOutliers, NoiseBesideOneElectronAValueIsTakenAsTheScaleAndSaid) {
    const OutlierStack stack = make_outlier_stack({.side = 256, .values_per_electron = 30});
    std::string said;
    RunContext context;
    context.log = [&](std::string_view message) { said += message; };
    OutlierOptions options;
    options.fano_factor = 30;
    const Outliers outliers = find_outliers(stack.sum(), options, {}, context);
    EXPECT_EQ(outliers.values_per_electron, 30);
    EXPECT_NE(said.find("30 times the mean"), std::string::npos) << said;
    const Score score = score_of(stack, outliers);
    EXPECT_GE(score.recall, 0.99);
    EXPECT_GE(score.precision, 0.95);
    EXPECT_NEAR(outliers.frame_mean, 30, 0.3);
}

TEST(FindOutliers, AStatedScaleOrNoiseNearOneIsTakenSilently) {
    const OutlierStack stack = make_outlier_stack({.side = 64, .values_per_electron = 30});
    RunContext context;
    context.log = [](std::string_view message) { ADD_FAILURE() << message; };
    OutlierOptions stated;
    stated.values_per_electron = 30;
    stated.fano_factor = 99;
    EXPECT_EQ(find_outliers(stack.sum(), stated, {}, context).values_per_electron, 30);
    OutlierOptions counting;
    counting.fano_factor = 1.29;
    EXPECT_EQ(find_outliers(stack.sum(), counting, {}, context).values_per_electron, 1);
    for (const double odd : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
        OutlierOptions unknown;
        unknown.fano_factor = odd;
        EXPECT_EQ(find_outliers(stack.sum(), unknown, {}, context).values_per_electron, 1);
    }
}

TEST(FindOutliers, HotPixelsAreFoundHoweverNearToZeroTheMeanIs) {
    constexpr std::size_t pixels = 128 * 128, apart = 97;
    constexpr double frames = 40, noise = 20;
    for (const double mean : {-0.2, 1e-6, 0.02, 0.2, 2.0, 20.0}) {
        kit::Counts counts(8);
        std::vector<double> fractions(pixels);
        for (std::size_t i = 0; i < pixels; ++i)
            fractions[i] = frames * mean + std::sqrt(frames) * noise * (counts.normal() + (i % apart == 0 ? 20 : 0));
        std::vector<std::int64_t> whole(fractions.begin(), fractions.end());
        OutlierOptions options;
        options.fano_factor = noise * noise / mean;
        for (const SumImage& sum : {SumImage{{128, 128}, 40, fractions}, SumImage{{128, 128}, 40, whole}}) {
            const Outliers found = find_outliers(sum, options);
            for (std::size_t i = 0; i < pixels; i += apart) {
                const OutlierPixel* pixel = find(found, i);
                ASSERT_TRUE(pixel != nullptr && pixel->is_outlier()) << i << " at " << mean;
            }
            EXPECT_LE(outlier_count(found), pixels / apart + 4) << mean;
        }
    }
}

TEST(FindOutliers, SumsOfAnySizeAreDefined) {
    kit::Counts counts(4);
    for (const double size : {1e100, 1e149, 1e200, 1.7e308}) {
        std::vector<double> values(64 * 64);
        for (double& value : values) value = size * (2 * counts.uniform() - 1);
        const Outliers outliers = find_outliers(float_image(64, 64, values));
        EXPECT_LE(outliers.histogram.counts.size(), 5000U) << size;
    }
}

TEST(FindOutliers, AReferenceOfNumbersNearOneIsCleanedToo) {
    kit::Counts counts(5);
    std::vector<double> values(128 * 128);
    for (double& value : values) value = 1 + 0.02 * counts.normal();
    values[1000] = 1.4;
    values[5000] = 0.1;
    const Outliers outliers = find_outliers(float_image(128, 128, values));
    ASSERT_NE(find(outliers, 1000), nullptr);
    ASSERT_NE(find(outliers, 5000), nullptr);
    EXPECT_TRUE(find(outliers, 1000)->is_outlier());
    EXPECT_TRUE(find(outliers, 5000)->is_outlier());
    EXPECT_LE(outlier_count(outliers), 4U);
    EXPECT_NEAR(find(outliers, 1000)->fill, 1, 0.03);
}

TEST(FindOutliers, ValuesAboutZeroAreCleanedToo) {
    kit::Counts counts(6);
    std::vector<double> values(128 * 128);
    for (double& value : values) value = 0.001 * counts.normal();
    values[1000] = 0.05;
    const Outliers outliers = find_outliers(float_image(128, 128, values));
    ASSERT_NE(find(outliers, 1000), nullptr);
    EXPECT_TRUE(find(outliers, 1000)->is_outlier());
    EXPECT_LE(outlier_count(outliers), 4U);
}

TEST(FindOutliers, SpreadFarBeyondCountingIsNotAnOutlier) {
    // 5 % between pixels, at 40 000 electrons, is ten times the noise of counting.
    kit::Counts counts(7);
    std::vector<std::uint32_t> values(128 * 128);
    for (auto& value : values) value = static_cast<std::uint32_t>(40000 * (1 + 0.05 * counts.normal()));
    values[1000] = 80000;
    const Outliers outliers = find_outliers(image(128, 128, values));
    EXPECT_LE(outlier_count(outliers), 5U);
    ASSERT_NE(find(outliers, 1000), nullptr);
    EXPECT_TRUE(find(outliers, 1000)->is_outlier());
}

TEST(FindOutliers, SumsOfMillionsHaveThousandsOfBinsAtMost) {
    kit::Counts counts(8);
    std::vector<std::uint32_t> values(64 * 64);
    for (auto& value : values) value = static_cast<std::uint32_t>(3e9 + std::sqrt(3e9) * counts.normal());
    const Outliers outliers = find_outliers(image(64, 64, values));
    EXPECT_LE(outliers.histogram.counts.size(), 5000U);
    EXPECT_GT(outliers.histogram.width, 1);
    EXPECT_LE(outlier_count(outliers), 2U);
}

class BothRules : public testing::TestWithParam<OutlierRule> {
  protected:
    [[nodiscard]] static Outliers found(const SumImage& sum, std::span<const std::uint8_t> known_bad = {}) {
        OutlierOptions options;
        options.rule = GetParam();
        return find_outliers(sum, options, known_bad);
    }
};
INSTANTIATE_TEST_SUITE_P(Rules, BothRules, testing::Values(OutlierRule::guarded, OutlierRule::paper));

TEST_P(BothRules, AConstantImageHasNone) {
    for (const std::uint32_t value : {0U, 1U, 7U, 1000U, 4000000000U}) {
        const Outliers outliers = found(image(20, 30, std::vector<std::uint32_t>(600, value), 5));
        EXPECT_EQ(outlier_count(outliers), 0U) << value;
        EXPECT_TRUE(outliers.pixels.empty()) << value;
        EXPECT_DOUBLE_EQ(outliers.frame_mean, value / 5.0);
    }
    EXPECT_EQ(outlier_count(found(float_image(20, 30, std::vector<double>(600, 0.25)))), 0U);
    EXPECT_EQ(outlier_count(found(float_image(20, 30, std::vector<double>(600, -3)))), 0U);
}

TEST_P(BothRules, AnEmptyImageHasNone) {
    EXPECT_TRUE(found(image(0, 0, {})).pixels.empty());
    EXPECT_TRUE(found(image(0, 0, {}, 0)).pixels.empty());
}

TEST_P(BothRules, AnImageOfOnePixelHasNone) {
    EXPECT_TRUE(found(image(1, 1, {7})).pixels.empty());
    EXPECT_TRUE(found(image(1, 1, {0})).pixels.empty());
}

TEST_P(BothRules, APixelThatIsNoNumberIsFilled) {
    kit::Counts counts(11);
    std::vector<double> values = counts.frame<double>(32 * 32, 100);
    values[100] = std::numeric_limits<double>::quiet_NaN();
    values[500] = std::numeric_limits<double>::infinity();
    values[900] = -std::numeric_limits<double>::infinity();
    const SumImage sum = float_image(32, 32, values);
    const Outliers outliers = found(sum);
    for (const std::uint64_t at : {100U, 500U, 900U}) {
        ASSERT_NE(find(outliers, at), nullptr);
        EXPECT_EQ(find(outliers, at)->weight, 0);
        EXPECT_NEAR(find(outliers, at)->fill, 100, 30);
        EXPECT_NEAR(std::get<std::vector<double>>(filled(sum, outliers).values)[at], 100, 30);
    }
    EXPECT_LT(outliers.hot + outliers.dead, 3U);
}

TEST_P(BothRules, AnImageWithoutANumberIsFilledWithZeros) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const SumImage sum = float_image(3, 2, std::vector<double>(6, nan));
    const Outliers outliers = found(sum);
    EXPECT_EQ(outliers.clustered, 6U);
    EXPECT_EQ(std::get<std::vector<double>>(filled(sum, outliers).values), std::vector<double>(6));
    std::vector<float> frame(6, std::numeric_limits<float>::quiet_NaN());
    for (const OutlierFill fill : {OutlierFill::random, OutlierFill::frame, OutlierFill::mean}) {
        fill_outliers(std::span(frame), outliers, fill, 0, 1);
        EXPECT_EQ(frame, std::vector<float>(6));
    }
}

TEST_P(BothRules, AHotColumnIsFilledFromBothSides) {
    constexpr std::size_t side = 64;
    std::vector<std::uint32_t> values = counted(side * side);
    for (std::size_t y = 0; y < side; ++y) values[y * side + 20] = 1000 + static_cast<std::uint32_t>(y);
    const Outliers outliers = found(image(side, side, values));
    for (std::size_t y = 0; y < side; ++y) {
        const OutlierPixel* pixel = find(outliers, y * side + 20);
        ASSERT_NE(pixel, nullptr);
        EXPECT_TRUE(pixel->is_clustered);
        EXPECT_NEAR(pixel->fill, 100, 15);
    }
}

TEST_P(BothRules, FewerThanOneElectronAPixelIsDefined) {
    for (const double mean : {0.001, 0.01, 0.1, 0.3}) {
        auto values = counted(256 * 256, mean);
        values[777] = 60;
        const Outliers outliers = found(image(256, 256, values));
        ASSERT_NE(find(outliers, 777), nullptr);
        EXPECT_TRUE(find(outliers, 777)->is_outlier());
        if (GetParam() == OutlierRule::paper) continue;
        EXPECT_LE(outlier_count(outliers), 14U) << mean;
    }
}

TEST_P(BothRules, OneHotPixelAmongZerosIsFound) {
    std::vector<std::uint32_t> values(400);
    values[210] = 9;
    const Outliers outliers = found(image(20, 20, values));
    ASSERT_NE(find(outliers, 210), nullptr);
    EXPECT_EQ(find(outliers, 210)->fill, 0);
    EXPECT_EQ(outliers.singletons, 1U);
}

TEST_P(BothRules, KnownBadPixelsAreFilledWhateverTheyCountedAndCountAsNeitherHotNorDead) {
    const auto values = counted(32 * 32);
    std::vector<std::uint8_t> bad(32 * 32);
    bad[100] = bad[500] = 1;
    const Outliers outliers = found(image(32, 32, values), bad);
    ASSERT_NE(find(outliers, 100), nullptr);
    EXPECT_EQ(find(outliers, 100)->weight, 0);
    EXPECT_NEAR(find(outliers, 500)->fill, 100, 25);
    EXPECT_EQ(outliers.hot + outliers.dead, found(image(32, 32, values)).hot + found(image(32, 32, values)).dead);
}

TEST_P(BothRules, NeighbouringHotPixelsAreAClusterAndNeitherFillsTheOther) {
    constexpr std::uint64_t one = 32 * 64 + 32, other = one + 1;
    std::vector<std::uint32_t> values = counted(64 * 64);
    values[one] = values[other] = 400;
    const Outliers outliers = found(image(64, 64, values));
    for (const std::uint64_t at : {one, other}) {
        ASSERT_NE(find(outliers, at), nullptr);
        EXPECT_TRUE(find(outliers, at)->is_clustered);
        EXPECT_NEAR(find(outliers, at)->fill, 100, 10);
    }
    EXPECT_GE(outliers.clustered, 2U);
}

TEST(FindOutliers, OutliersTwoPixelsApartAreAClusterThreeApartAreNot) {
    for (const std::uint64_t apart : {2U, 3U}) {
        std::vector<std::uint32_t> values = counted(64 * 64);
        values[2080] = values[2080 + apart] = values[4000] = 100000;
        const Outliers outliers = find_outliers(image(64, 64, values));
        EXPECT_EQ(find(outliers, 2080)->is_clustered, apart == 2);
        EXPECT_FALSE(find(outliers, 4000)->is_clustered);
    }
}

TEST(FindOutliers, ASingletonIsFilledByTheKernelOfTable1) {
    // Normalised: (0,1) .191836, (1,1) .033233, (0,2) .018292, (1,2) .0031687, (2,2) .00030214.
    struct {
        std::int64_t dx, dy;
        double weight;
    } const table[] = {{1, 0, .191836}, {0, 1, .191836},  {1, 1, .033233},
                       {2, 0, .018292}, {1, 2, .0031687}, {2, 2, .00030214}};
    for (const auto& row : table) {
        std::vector<std::uint32_t> values(32 * 32, 10000);
        values[16 * 32 + 16] = 60000;
        values[static_cast<std::size_t>((16 + row.dy) * 32 + 16 + row.dx)] += 100;
        const Outliers outliers = find_outliers(image(32, 32, values));
        const OutlierPixel* pixel = find(outliers, 16 * 32 + 16);
        ASSERT_NE(pixel, nullptr);
        ASSERT_FALSE(pixel->is_clustered);
        EXPECT_NEAR((static_cast<double>(pixel->fill) - 10000) / 100, row.weight, 2e-5) << row.dx << ' ' << row.dy;
    }
}

TEST(FindOutliers, ACornerIsFilledFromTheMirroredImage) {
    std::vector<std::uint32_t> values(32 * 32, 10000);
    values[0] = 60000;
    values[1] += 100;
    const Outliers outliers = find_outliers(image(32, 32, values));
    ASSERT_NE(find(outliers, 0), nullptr);
    const double a = 0.173235968, b = 0.016518;
    // Beside the corner the mirrored image has the pixel at x = 1 twice a column: at dx 1 and -2, and dy 0 and -1.
    const double wanted = (a + b) * (1 + a);
    const double all = (1 + 2 * (a + b)) * (1 + 2 * (a + b)) - (1 + a) * (1 + a);
    EXPECT_NEAR((static_cast<double>(find(outliers, 0)->fill) - 10000) / 100, wanted / all, 2e-5);
}

TEST(FindOutliers, GivenTapsReplaceTheKernel) {
    std::vector<std::uint32_t> values(32 * 32, 10000);
    values[16 * 32 + 16] = 60000;
    values[16 * 32 + 17] += 120;
    OutlierOptions uniform;
    uniform.kernel_taps = {1, 1, 1};
    const Outliers wide = find_outliers(image(32, 32, values), uniform);
    EXPECT_NEAR(find(wide, 16 * 32 + 16)->fill, 10005, 0.01);
    uniform.kernel_taps = {1, 1};
    const Outliers near = find_outliers(image(32, 32, values), uniform);
    EXPECT_NEAR(find(near, 16 * 32 + 16)->fill, 10015, 0.01);
}

TEST(FindOutliers, TheMiddleOfALargeDefectIsFilledFromFurtherAway) {
    constexpr std::int64_t side = 64;
    const auto values = counted(side * side);
    for (const std::int64_t defect : {7, 13, 40}) {
        std::vector<std::uint8_t> bad(side * side);
        for (std::int64_t y = 10; y < 10 + defect; ++y)
            for (std::int64_t x = 10; x < 10 + defect; ++x) bad[static_cast<std::size_t>(y * side + x)] = 1;
        const Outliers outliers = find_outliers(image(side, side, values), {}, bad);
        const auto middle = static_cast<std::uint64_t>((10 + defect / 2) * side + 10 + defect / 2);
        EXPECT_EQ(find(outliers, middle)->good_neighbours, 0U);
        EXPECT_NEAR(find(outliers, middle)->fill, 100, 10) << defect;
    }
}

TEST(FindOutliers, OptionsThatMeanNothingAreRefused) {
    const SumImage sum = image(4, 4, std::vector<std::uint32_t>(16, 9));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto refuses = [&](auto change) {
        OutlierOptions options;
        change(options);
        EXPECT_THROW((void)find_outliers(sum, options), Error);
    };
    refuses([](auto& options) { options.kernel_taps = {1}; });
    refuses([](auto& options) { options.kernel_taps = {1, 1, 1, 1}; });
    refuses([](auto& options) { options.kernel_taps = {1, -1}; });
    refuses([](auto& options) { options.values_per_electron = 0; });
    refuses([nan](auto& options) { options.values_per_electron = nan; });
    refuses([](auto& options) { options.least_threshold = -1; });
    refuses([](auto& options) { options.steepness = 0; });
    refuses([nan](auto& options) { options.threshold_share = nan; });
    const std::vector<std::uint8_t> small_map(15);
    EXPECT_THROW((void)find_outliers(sum, {}, small_map), Error);
    EXPECT_THROW((void)find_outliers(image(4, 5, std::vector<std::uint32_t>(16))), Error);
}

}  // namespace
}  // namespace mrcz
