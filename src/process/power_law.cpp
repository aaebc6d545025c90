#include <algorithm>
#include <cmath>

#include "base/fail.hpp"
#include "mrcz/correlation.hpp"

namespace mrcz {
namespace {

constexpr double largest_exponent = 4;
/// Below, powers are all but a logarithm, which offset and scale cannot tell from each other.
constexpr double least_exponent = 0.01;
constexpr double scan_step = 0.05;
constexpr double golden = 0.6180339887498949;

void check_points(std::span<const double> x, std::span<const double> y) {
    if (x.size() != y.size()) {
        fail(ErrorCode::invalid_argument, "a power law through ", x.size(), " x and ", y.size(),
             " y: expected as many of one as of the other");
    }
    const auto is_finite = [](double number) { return std::isfinite(number); };
    if (!std::ranges::all_of(x, is_finite) || !std::ranges::all_of(y, is_finite)) {
        fail(ErrorCode::invalid_argument, "a power law through points that are not finite: leave them out");
    }
    std::vector<double> different(x.begin(), x.end());
    std::ranges::sort(different);
    different.erase(std::unique(different.begin(), different.end()), different.end());
    if (different.size() < 3 || different.front() <= 0) {
        fail(ErrorCode::invalid_argument, "a power law through ", different.size(), " different x, the least of them ",
             different.empty() ? 0.0 : different.front(), ": expected at least 3, all above 0");
    }
}

/// Offset and scale that fit best for an exponent; x in units of `unit`, so that powers stay of the order of 1.
struct Trial {
    double offset = 0, scale = 0, squares = 0;
};

Trial fit_for(double exponent, double unit, std::span<const double> x, std::span<const double> y) {
    const auto count = static_cast<double>(x.size());
    double power_mean = 0;
    double y_mean = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        power_mean += std::pow(x[i] / unit, exponent) / count;
        y_mean += y[i] / count;
    }
    double power_squares = 0;
    double products = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double distance = std::pow(x[i] / unit, exponent) - power_mean;
        power_squares += distance * distance;
        products += distance * (y[i] - y_mean);
    }
    Trial trial;
    trial.scale = products / power_squares;
    trial.offset = y_mean - trial.scale * power_mean;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double distance = y[i] - trial.offset - trial.scale * std::pow(x[i] / unit, exponent);
        trial.squares += distance * distance;
    }
    return trial;
}

/// The least of `squares_at` between two exponents where it has one valley.
template <class Squares>
double golden_section(double low, double high, const Squares& squares_at) {
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double at_left = squares_at(left);
    double at_right = squares_at(right);
    while (high - low > 1e-12) {
        if (at_left < at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = squares_at(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = squares_at(right);
        }
    }
    return (low + high) / 2;
}

/// The best exponent of one sign.
template <class Squares>
double best_exponent(double sign, const Squares& squares_of) {
    const auto squares_at = [&](double size) { return squares_of(sign * size); };
    double best = least_exponent;
    double least = squares_at(best);
    for (double size = scan_step; size <= largest_exponent; size += scan_step) {
        const double squares = squares_at(size);
        if (squares < least) {
            least = squares;
            best = size;
        }
    }
    const double refined = golden_section(std::max(best - scan_step, least_exponent),
                                          std::min(best + scan_step, largest_exponent), squares_at);
    return sign * (squares_at(refined) < least ? refined : best);
}

}  // namespace

double PowerLaw::at(double x) const noexcept { return offset + scale * std::pow(x, exponent); }

PowerLaw fit_power_law(std::span<const double> x, std::span<const double> y) {
    check_points(x, y);
    double logarithms = 0;
    for (const double value : x) logarithms += std::log(value);
    const double unit = std::exp(logarithms / static_cast<double>(x.size()));
    const auto squares_of = [&](double exponent) { return fit_for(exponent, unit, x, y).squares; };
    const double falling = best_exponent(-1, squares_of);
    const double rising = best_exponent(1, squares_of);
    const double exponent = squares_of(rising) < squares_of(falling) ? rising : falling;
    const Trial trial = fit_for(exponent, unit, x, y);
    return {trial.offset, trial.scale * std::pow(unit, -exponent), exponent,
            std::sqrt(trial.squares / static_cast<double>(x.size()))};
}

}  // namespace mrcz
