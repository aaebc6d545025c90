#include "mrcz/gain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"

namespace mrcz {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

TEST(Gain, WhatCannotMultiplyIsZeroAndBad) {
    const GainReference gain = make_gain({{6, 1}, {0.5F, 0, -1, nan, infinity, 2}});
    EXPECT_EQ(gain.factors.values, (std::vector<float>{0.5F, 0, 0, 0, 0, 2}));
    EXPECT_EQ(gain.bad, (std::vector<std::uint8_t>{0, 1, 1, 1, 1, 0}));
}

TEST(Gain, FlatFieldsAreDividedIntoTheirMean) {
    const GainReference gain = make_gain({{4, 1}, {100, 50, 0, 150}}, GainKind::flat_field);
    EXPECT_EQ(gain.factors.values, (std::vector<float>{1, 2, 0, 100.0F / 150}));
    EXPECT_EQ(gain.bad, (std::vector<std::uint8_t>{0, 0, 1, 0}));
}

TEST(Gain, AFlatFieldWithoutLightIsAllBadAndNeverInfinite) {
    const GainReference dark = make_gain({{2, 1}, {0, 0}}, GainKind::flat_field);
    EXPECT_EQ(dark.bad, (std::vector<std::uint8_t>{1, 1}));
    const GainReference tiny = make_gain({{2, 1}, {1e30F, 1e-40F}}, GainKind::flat_field);
    EXPECT_EQ(tiny.factors.values[1], 0);
    EXPECT_EQ(tiny.bad[1], 1);
}

TEST(Gain, RaisedToOneGivesTheSameBits) {
    kit::Counts counts(1);
    FloatImage image{{100, 10}, {}};
    for (int pixel = 0; pixel < 1000; ++pixel) image.values.push_back(static_cast<float>(counts.uniform() + 0.3));
    const GainReference gain = make_gain(image);
    EXPECT_EQ(raised(gain, 1).factors.values, gain.factors.values);
}

TEST(Gain, RaisedToAPowerLeavesBadPixelsBad) {
    const GainReference gain = raised(make_gain({{3, 1}, {4, 0, 0.25F}}), 0.5);
    EXPECT_EQ(gain.factors.values, (std::vector<float>{2, 0, 0.5F}));
    EXPECT_EQ(gain.bad, (std::vector<std::uint8_t>{0, 1, 0}));
    for (const double gamma : {std::nan(""), 0.0, -1.0, 4.5, HUGE_VAL}) EXPECT_THROW((void)raised(gain, gamma), Error);
}

TEST(Gain, BinnedByTwoIsTheHarmonicMean) {
    // Counts of four pixels add up: 1/2 + 1/2 + 1 + 2 of 4 electrons are seen.
    const GainReference gain = binned_by_two(make_gain({{4, 2}, {2, 2, 1, 1, 1, 0.5F, 1, 0}}));
    EXPECT_EQ(gain.factors.shape, (ImageShape{2, 1}));
    EXPECT_EQ(gain.factors.values, (std::vector<float>{1, 0}));
    EXPECT_EQ(gain.bad, (std::vector<std::uint8_t>{0, 1}));
    EXPECT_THROW((void)binned_by_two(make_gain(FloatImage{{3, 2}, std::vector<float>(6, 1)})), Error);
}

TEST(Gain, IsAppliedInSinglePrecisionAsNumPyDoes) {
    kit::Counts counts(3);
    std::vector<float> frame, dark, factors;
    for (int pixel = 0; pixel < 1003; ++pixel) {
        frame.push_back(static_cast<float>(counts.uniform() * 30000));
        dark.push_back(static_cast<float>(counts.uniform() * 100));
        factors.push_back(static_cast<float>(0.5 + counts.uniform()));
    }
    const FloatImage offsets{{17, 59}, dark};
    const GainReference gain = make_gain({{17, 59}, factors});
    std::vector<float> both = frame, only_dark = frame, only_gain = frame, neither = frame;
    apply_gain(both, &offsets, &gain);
    apply_gain(only_dark, &offsets, nullptr);
    apply_gain(only_gain, nullptr, &gain);
    apply_gain(neither, nullptr, nullptr);
    for (std::size_t pixel = 0; pixel < frame.size(); ++pixel) {
        const volatile float difference = frame[pixel] - dark[pixel];  // rounded here, whatever the compiler would like
        const volatile float product = difference * factors[pixel];
        const volatile float gained = frame[pixel] * factors[pixel];
        ASSERT_EQ(both[pixel], product);
        ASSERT_EQ(only_dark[pixel], difference);
        ASSERT_EQ(only_gain[pixel], gained);
    }
    EXPECT_EQ(neither, frame);
}

TEST(Gain, BitsOfNumPyStandHere) {
    // numpy.float32: (x - d) * g
    std::vector<float> frame{12345.678F, 0.1F, 3.0e-5F, 65535.0F};
    const FloatImage dark{{4, 1}, {100.3F, 0.7F, 1.0F, 0.001F}};
    const GainReference gain = make_gain({{4, 1}, {1.0375F, 0.333333F, 7.7F, 1e-3F}});
    apply_gain(frame, &dark, &gain);
    EXPECT_EQ(frame, (std::vector<float>{0x1.8d04a40000000p+13F, -0x1.99997c0000000p-3F, -0x1.ecc9040000000p+2F,
                                         0x1.0623d80000000p+6F}));
}

TEST(Gain, OfAnotherSizeIsRefused) {
    std::vector<float> frame(6);
    const GainReference gain = make_gain({{2, 2}, {1, 1, 1, 1}});
    EXPECT_THROW(apply_gain(frame, &gain.factors, nullptr), Error);
    EXPECT_THROW(apply_gain(frame, nullptr, &gain), Error);
}

TEST(Gain, SumsAreCorrectedAsTheirFramesWouldBe) {
    const SumImage raw{{2, 2}, 10, std::vector<std::uint32_t>{100, 50, 10, 0}};
    const FloatImage dark{{2, 2}, {1, 0, 2, 0.5F}};
    const GainReference gain = make_gain({{2, 2}, {2, 0.5F, 1, 0}});
    const SumImage both = corrected(raw, &dark, &gain);
    EXPECT_EQ(both.frames, 10);
    EXPECT_EQ(std::get<std::vector<double>>(both.values), (std::vector<double>{180, 25, -10, 0}));
    EXPECT_EQ(corrected(raw, nullptr, nullptr), raw);
    EXPECT_THROW((void)corrected({{4, 1}, 1, std::vector<double>(4)}, &dark, nullptr), Error);
}

TEST(Gain, DifferencesNeedOneShape) {
    EXPECT_EQ(difference({{2, 1}, {5, 3}}, {{2, 1}, {1, 4}}).values, (std::vector<float>{4, -1}));
    EXPECT_THROW((void)difference({{2, 1}, {5, 3}}, {{1, 2}, {1, 4}}), Error);
}

TEST(MismatchHint, NamesTheTurnOrTheBinning) {
    EXPECT_EQ(mismatch_hint({3838, 3710}, {3838, 3710}), "");
    EXPECT_EQ(
        mismatch_hint({3710, 3838}, {3838, 3710}),
        "the reference has 3838 x 3710 pixels, the movie 3710 x 3838; turned by a quarter it would fit: rotate it "
        "by 1 or 3 quarter turns");
    EXPECT_EQ(mismatch_hint({3838, 3710}, {7676, 7420}),
              "the reference has 7676 x 7420 pixels, the movie 3838 x 3710; it is 2 times as large in both directions: "
              "the movie is binned by 2, and the reference must be, too");
    EXPECT_EQ(mismatch_hint({7676, 7420}, {3710, 3838}),
              "the reference has 3710 x 3838 pixels, the movie 7676 x 7420; turned by a quarter, it is 2 times smaller "
              "in both directions: the movie is of super-resolution, the reference is not; take the reference of "
              "super-resolution, or bin the movie by 2");
    EXPECT_NE(mismatch_hint({4096, 4096}, {3838, 3710}).find("another camera"), std::string::npos);
    EXPECT_NE(mismatch_hint({4096, 4096}, {0, 0}).find("another camera"), std::string::npos);
}

}  // namespace
}  // namespace mrcz
