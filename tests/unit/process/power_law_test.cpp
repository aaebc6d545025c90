#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kit/counts.hpp"
#include "mrcz/correlation.hpp"
#include "mrcz/error.hpp"

namespace mrcz {
namespace {

std::vector<double> values_of(const PowerLaw& law, std::span<const double> x) {
    std::vector<double> y;
    for (const double value : x) y.push_back(law.at(value));
    return y;
}

TEST(PowerLaw, IsFoundAgainFromPointsOnIt) {
    const std::vector<double> radii{1, 2, 4, 8, 16, 25};
    const std::vector<double> doses{100, 900, 5000, 20'000, 50'000};
    const PowerLaw reciprocal{0.0017, 0.0111, -1.02, 0};
    const PowerLaw slow{0.1, 0.6, -0.13, 0};
    const PowerLaw rising{-2, 3, 0.5, 0};
    for (const auto& x : {radii, doses}) {
        for (const PowerLaw& law : {reciprocal, slow, rising}) {
            const PowerLaw found = fit_power_law(x, values_of(law, x));
            EXPECT_NEAR(found.exponent, law.exponent, 1e-4);
            EXPECT_NEAR(found.scale, law.scale, 1e-3 * law.scale);
            EXPECT_NEAR(found.offset, law.offset, 1e-3 * std::abs(law.offset));
            EXPECT_LT(found.rms, 1e-7);
        }
    }
}

TEST(PowerLaw, OfKomaIsReciprocalInTheRadius) {
    const std::vector<double> radii{1, 2, 4, 8, 16, 25, 35};
    std::vector<double> correlations;
    for (const double radius : radii) correlations.push_back(1 / (2 * radius * 40 + 1));
    EXPECT_NEAR(fit_power_law(radii, correlations).exponent, -1, 0.02);
}

TEST(PowerLaw, NoiseMovesItByItsOwnSize) {
    kit::Counts counts(3);
    const PowerLaw law{0.002, 0.01, -1, 0};
    std::vector<double> x;
    std::vector<double> y;
    for (int i = 1; i <= 60; ++i) {
        x.push_back(i);
        y.push_back(law.at(i) + 1e-4 * counts.normal());
    }
    const PowerLaw found = fit_power_law(x, y);
    EXPECT_NEAR(found.exponent, -1, 0.1);
    EXPECT_NEAR(found.rms, 1e-4, 3e-5);
}

TEST(PowerLaw, ThroughPointsOfOneHeightIsFlat) {
    const PowerLaw found = fit_power_law(std::vector<double>{1, 2, 3}, std::vector<double>{5, 5, 5});
    EXPECT_DOUBLE_EQ(found.at(7), 5);
    EXPECT_EQ(found.rms, 0);
}

TEST(PowerLaw, ThroughTooLittleIsRejected) {
    const std::vector<double> y{1, 2, 3};
    EXPECT_THROW((void)fit_power_law(std::vector<double>{1, 2}, std::vector<double>{1, 2}), Error);
    EXPECT_THROW((void)fit_power_law(std::vector<double>{1, 2, 2}, y), Error);
    EXPECT_THROW((void)fit_power_law(std::vector<double>{0, 1, 2}, y), Error);
    EXPECT_THROW((void)fit_power_law(std::vector<double>{1, 2}, y), Error);
    EXPECT_THROW((void)fit_power_law({}, {}), Error);
    const std::vector<double> broken{1, std::numeric_limits<double>::quiet_NaN(), 3};
    EXPECT_THROW((void)fit_power_law(broken, y), Error);
}

}  // namespace
}  // namespace mrcz
