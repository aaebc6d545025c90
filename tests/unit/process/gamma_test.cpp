#include <gtest/gtest.h>

#include <cmath>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"
#include "mrcz/gain.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t side = 512;

/// Means over 2 * radius + 1 pixels along lines that follow each other every `stride` pixels; what leaves on one side
/// enters on the other.
void blur(std::vector<double>& field, std::size_t stride, std::size_t along, int radius) {
    std::vector<double> line(side);
    for (std::size_t first = 0; first < side; ++first) {
        const std::size_t origin = first * stride;
        for (std::size_t i = 0; i < side; ++i) line[i] = field[origin + i * along];
        for (std::int64_t i = 0; i < side; ++i) {
            double total = 0;
            for (int d = -radius; d <= radius; ++d) total += line[static_cast<std::size_t>((i + d + side) % side)];
            field[origin + static_cast<std::size_t>(i) * along] = total / (2 * radius + 1);
        }
    }
}

/// 1 with a spread of 8 %, in hills some 12 pixels wide.
FloatImage smooth_gain() {
    kit::Counts counts(13001);
    std::vector<double> field(side * side);
    for (double& value : field) value = counts.normal();
    for (int pass = 0; pass < 3; ++pass) {
        blur(field, side, 1, 12);
        blur(field, 1, side, 12);
    }
    double squares = 0;
    for (const double value : field) squares += value * value;
    const double scale = 0.08 / std::sqrt(squares / static_cast<double>(field.size()));
    FloatImage image{{side, side}, {}};
    for (const double value : field) image.values.push_back(static_cast<float>(1 + scale * value));
    return image;
}

/// The sum of 600 s of even light under a gain that acts to the power of gamma.
SumImage flat_field(const FloatImage& gain, double dose_rate, double gamma, std::uint64_t seed = 1) {
    kit::Counts counts(seed + static_cast<std::uint64_t>(1000 * dose_rate));
    std::vector<std::uint32_t> values;
    for (const float factor : gain.values) {
        const double mean = 600 * dose_rate * std::pow(factor, -gamma);  // large: as good as normal
        values.push_back(
            static_cast<std::uint32_t>(std::max(0.0, std::round(mean + std::sqrt(mean) * counts.normal()))));
    }
    return {gain.shape, 600, std::move(values)};
}

// The counts of one such flat let gamma scatter by 0.004, 0.002, 0.0012 and 0.0004 at these rates, of which 0.0007 at 2
// would remain to any way of finding it.
TEST(Gamma, OfPlantedGainFieldsIsFoundMoreFinelyTheMoreCounts) {
    struct Trial {
        double rate, most_error;
        int flats;
    };
    const FloatImage image = smooth_gain();
    const GainReference gain = make_gain(image);
    const GammaLaw law;
    for (const auto& [rate, most_error, flats] : {Trial{0.25, 0.01, 1}, {1, 0.005, 1}, {2, 0.001, 8}, {9, 0.001, 1}}) {
        double total = 0;
        for (int flat = 0; flat < flats; ++flat)
            total += find_gamma(flat_field(image, rate, law.at(rate), static_cast<std::uint64_t>(flat)), gain);
        EXPECT_NEAR(total / flats, law.at(rate), most_error) << rate << " electrons per pixel and second";
    }
}

TEST(Gamma, DoesNotDependOnThreads) {
    const FloatImage image = smooth_gain();
    const GainReference gain = make_gain(image);
    const SumImage flat = flat_field(image, 1, 1.2);
    ThreadExecutor pool(3);
    RunContext context;
    context.executor = &pool;
    EXPECT_EQ(find_gamma(flat, gain), find_gamma(flat, gain, context));
}

TEST(Gamma, BadPixelsDoNotCount) {
    FloatImage image = smooth_gain();
    SumImage flat = flat_field(image, 9, 0.95);
    auto& values = std::get<std::vector<std::uint32_t>>(flat.values);
    for (std::size_t pixel = 5; pixel < values.size() / 3; pixel += 97) {
        values[pixel] = pixel % 2 == 0 ? 0 : 10000000;
        image.values[pixel] = 0;
    }
    EXPECT_NEAR(find_gamma(flat, make_gain(image)), 0.95, 0.001);
}

TEST(Gamma, StaysWithinItsBounds) {
    const FloatImage image = smooth_gain();
    EXPECT_NEAR(find_gamma(flat_field(image, 9, 4), make_gain(image)), 2.5, 1e-3);
    EXPECT_NEAR(find_gamma(flat_field(image, 9, 0), make_gain(image)), 0.2, 1e-3);
}

TEST(Gamma, IsDefinedForSmallImagesAndRefusesWhatTellsNothing) {
    const GainReference gain = make_gain({{3, 1}, {1, 2, 1}});
    const double gamma = find_gamma({{3, 1}, 1, std::vector<std::uint32_t>{8, 4, 8}}, gain);
    EXPECT_NEAR(gamma, 1, 1e-3);
    EXPECT_THROW((void)find_gamma({{3, 1}, 1, std::vector<std::uint32_t>{0, 0, 0}}, gain), Error);
    EXPECT_THROW((void)find_gamma({{1, 3}, 1, std::vector<std::uint32_t>{8, 4, 8}}, gain), Error);
}

TEST(GammaLaw, HoldsTheAuthorsValues) {
    const GammaLaw law;
    for (const auto& [rate, gamma] :
         {std::pair{0.25, 1.5407}, {1.0, 1.1258}, {2.0, 1.0302}, {4.5, 0.9128}, {9.0, 0.7485}, {2.524, 1.0}})
        EXPECT_NEAR(law.at(rate), gamma, 5e-5) << rate;
}

TEST(GammaLaw, RatesBeyondItsEndsAreTakenAsTheEnds) {
    const GammaLaw law;
    EXPECT_EQ(law.at(0.01), law.at(0.25));
    EXPECT_EQ(law.at(40), law.at(9));
}

std::vector<GammaPoint> twelve_points(const GammaLaw& law) {
    std::vector<GammaPoint> points;
    for (const double rate : {0.25, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 7.5, 9.0})
        points.push_back({rate, law.at(rate)});
    return points;
}

TEST(GammaLaw, TwelvePointsGiveItsFourConstants) {
    const GammaLaw law;
    const GammaLaw fitted = fit_gamma_law(twelve_points(law));
    EXPECT_NEAR(fitted.a1 / law.a1, 1, 0.01);
    EXPECT_NEAR(fitted.b1 / law.b1, 1, 0.01);
    EXPECT_NEAR(fitted.a2 / law.a2, 1, 0.01);
    EXPECT_NEAR(fitted.a3 / law.a3, 1, 0.01);
    EXPECT_EQ(fitted.least_rate, 0.25);
    EXPECT_EQ(fitted.greatest_rate, 9);
}

TEST(GammaLaw, OtherDetectorsAreFittedToo) {
    for (const GammaLaw law : {GammaLaw{0.3, -0.4, 0.02, 0.8}, GammaLaw{-0.2, -2.2, -0.01, 1.1},
                               GammaLaw{0.05, 0.5, -0.02, 0.9}, GammaLaw{0.002, 2.4, 0.01, 1.0}}) {
        const GammaLaw fitted = fit_gamma_law(twelve_points(law));
        EXPECT_NEAR(fitted.b1 / law.b1, 1, 0.01);
        for (const double rate : {0.3, 0.9, 5.0, 8.5}) EXPECT_NEAR(fitted.at(rate), law.at(rate), 1e-5) << law.b1;
    }
}

TEST(GammaLaw, NoisyPointsAreFollowedOnAverage) {
    kit::Counts counts(5);
    const GammaLaw law;
    auto points = twelve_points(law);
    for (GammaPoint& point : points) point.gamma += 0.002 * counts.normal();
    const GammaLaw fitted = fit_gamma_law(points);
    for (const double rate : {0.25, 0.5, 1.0, 2.0, 5.0, 9.0}) EXPECT_NEAR(fitted.at(rate), law.at(rate), 0.006);
}

TEST(GammaLaw, TooFewRatesAndNonsenseAreRefused) {
    EXPECT_THROW((void)fit_gamma_law(std::vector<GammaPoint>{{1, 1}, {2, 1}, {3, 1}, {3, 1.1}}), Error);
    EXPECT_THROW((void)fit_gamma_law(std::vector<GammaPoint>{{0, 1}, {2, 1}, {3, 1}, {4, 1}}), Error);
    EXPECT_THROW((void)fit_gamma_law(std::vector<GammaPoint>{{1, std::nan("")}, {2, 1}, {3, 1}, {4, 1}}), Error);
    const GammaLaw flat = fit_gamma_law(std::vector<GammaPoint>{{1, 1}, {2, 1}, {3, 1}, {4, 1}});
    EXPECT_NEAR(flat.at(2.5), 1, 1e-9);
}

}  // namespace
}  // namespace mrcz
