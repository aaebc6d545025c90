#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/fail.hpp"
#include "mrcz/gain.hpp"
#include "process/levenberg_marquardt.hpp"

namespace mrcz {
namespace {

using process::LeastSquaresFit;
using process::solved;

constexpr std::size_t constants = 4;

void check(std::span<const GammaPoint> points) {
    std::set<double> rates;
    for (const GammaPoint& point : points) {
        if (!std::isfinite(point.gamma) || !std::isfinite(point.dose_rate) || point.dose_rate <= 0)
            fail(ErrorCode::invalid_argument, "gamma ", point.gamma, " at ", point.dose_rate,
                 " electrons per pixel and second: rates are positive, both are numbers");
        rates.insert(point.dose_rate);
    }
    if (rates.size() < constants)
        fail(ErrorCode::invalid_argument,
             "a law of gamma has four constants: it needs flat fields at 4 dose rates or more, "
             "there are ",
             rates.size());
}

/// The best a1, a2, a3 for an exponent: with it, the law is linear in them.
LeastSquaresFit linear_fit(std::span<const GammaPoint> points, double exponent) {
    constexpr std::size_t n = 3;
    std::vector<double> matrix(n * n), right(n);
    const auto terms = [exponent](double rate) { return std::array{std::pow(rate, exponent), rate, 1.0}; };
    for (const GammaPoint& point : points) {
        const auto term = terms(point.dose_rate);
        for (std::size_t i = 0; i < n; ++i) {
            right[i] += term[i] * point.gamma;
            for (std::size_t j = 0; j < n; ++j) matrix[i * n + j] += term[i] * term[j];
        }
    }
    const std::vector<double> a = solved(std::move(matrix), std::move(right));
    if (a.empty()) return {{}, std::numeric_limits<double>::infinity()};
    double squares = 0;
    for (const GammaPoint& point : points) {
        const auto term = terms(point.dose_rate);
        const double residual = a[0] * term[0] + a[1] * term[1] + a[2] - point.gamma;
        squares += residual * residual;
    }
    return {{a[0], exponent, a[1], a[2]}, squares};
}

/// Exponents near 0 and 1 are left out: there the power is the constant or the line.
LeastSquaresFit best_start(std::span<const GammaPoint> points) {
    LeastSquaresFit best{{}, std::numeric_limits<double>::infinity()};
    for (const double exponent : {-3.0, -2.5, -2.0, -1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 1.5, 2.0, 3.0})
        if (LeastSquaresFit fit = linear_fit(points, exponent); fit.squares < best.squares) best = std::move(fit);
    if (best.parameters.empty()) fail(ErrorCode::invalid_argument, "no law goes through these values of gamma");
    return best;
}

}  // namespace

double GammaLaw::at(double dose_rate) const noexcept {
    const double rate = std::clamp(dose_rate, least_rate, greatest_rate);
    return a1 * std::pow(rate, b1) + a2 * rate + a3;
}

GammaLaw fit_gamma_law(std::span<const GammaPoint> points) {
    check(points);
    const auto residuals = [points](std::span<const double> p, std::span<double> residual, std::span<double> slope) {
        for (std::size_t i = 0; i < points.size(); ++i) {
            const double rate = points[i].dose_rate, power = std::pow(rate, p[1]);
            residual[i] = p[0] * power + p[2] * rate + p[3] - points[i].gamma;
            const std::array<double, constants> by{power, p[0] * power * std::log(rate), rate, 1};
            std::ranges::copy(by, slope.begin() + static_cast<std::ptrdiff_t>(i * constants));
        }
    };
    const LeastSquaresFit fit = process::levenberg_marquardt(residuals, points.size(), best_start(points).parameters);
    const auto [least, greatest] = std::ranges::minmax(points, {}, &GammaPoint::dose_rate);
    return {fit.parameters[0], fit.parameters[1], fit.parameters[2],
            fit.parameters[3], least.dose_rate,   greatest.dose_rate};
}

}  // namespace mrcz
