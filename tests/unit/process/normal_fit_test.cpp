#include "process/normal_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "process/nelder_mead.hpp"

namespace mrcz {
namespace {

std::vector<CumulativePoint> points_of(double mean, double sigma) {
    std::vector<CumulativePoint> points;
    double before = 0;
    for (int i = 0; i < 100; ++i) {
        const double share = normal_share((i - mean) / sigma);
        points.push_back({static_cast<double>(i), share, share - before});
        before = share;
    }
    return points;
}

TEST(NormalQuantile, IsTheInverseOfTheShare) {
    for (const double z : {-7.5, -4.0, -1.0, -1e-3, 0.0, 0.5, 2.0, 5.0})
        EXPECT_NEAR(normal_quantile(normal_share(z)), z, 1e-9 * std::exp(0.5 * z * z) + 1e-12) << z;
}

TEST(NormalShare, KnowsOneSigma) { EXPECT_NEAR(normal_share(1) - normal_share(-1), 0.6826894921, 1e-9); }

TEST(QuantileFit, FindsTheDistributionThatMadeThePoints) {
    const auto fit = quantile_fit(points_of(43.3, 6.1));
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->mean, 43.3, 1e-6);
    EXPECT_NEAR(fit->sigma, 6.1, 1e-6);
}

TEST(QuantileFit, NeedsTwoPointsThatRise) {
    EXPECT_FALSE(quantile_fit({}));
    EXPECT_FALSE(quantile_fit(std::vector<CumulativePoint>{{1, 0.5, 0.5}}));
    EXPECT_FALSE(quantile_fit(std::vector<CumulativePoint>{{1, 0.999, 0.999}, {2, 1, 0.001}}));
}

TEST(LeastDistanceFit, FindsTheDistributionFromAStartNearIt) {
    const NormalFit fit = least_distance_fit(points_of(43.3, 6.1), {40, 8}, {16, 0.1, 10});
    EXPECT_NEAR(fit.mean, 43.3, 1e-3);
    EXPECT_NEAR(fit.sigma, 6.1, 1e-3);
}

TEST(LeastDistanceFit, StaysWithinItsLimits) {
    const NormalFit fit = least_distance_fit(points_of(60, 20), {40, 8}, {0.5, 0.7, 1.3});
    EXPECT_NEAR(fit.mean, 44, 1e-6);
    EXPECT_NEAR(fit.sigma, 8 * 1.3, 1e-6);
}

TEST(NelderMead, FindsTheBottomOfACurvedValley) {
    const auto valley = [](const Point2& at) {
        return std::pow(1 - at[0], 2) + 10 * std::pow(at[1] - at[0] * at[0], 2);
    };
    const Point2 bottom = nelder_mead(valley, {-1, 2}, 0.1);
    EXPECT_NEAR(bottom[0], 1, 1e-4);
    EXPECT_NEAR(bottom[1], 1, 1e-4);
}

TEST(NelderMead, CallsTheFunctionAFewHundredTimesAtMost) {
    int calls = 0;
    (void)nelder_mead([&](const Point2& at) { return ++calls + at[0]; }, {0, 0}, 1);
    EXPECT_LT(calls, 700);
}

}  // namespace
}  // namespace mrcz
