#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "mrcz/header.hpp"

namespace mrcz {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// What mrcfile's validator forgives: a hundredth, and 1e-8. Half of it is for the roundings that are counted here, the
// rest for those that are not, of the square root and of the header's own numbers.
constexpr double forgiven_share = 0.005, forgiven_distance = 5e-9;
// Share of the deviation that a mean may be off by for the deviation about it to grow by no more than that share.
constexpr double forgiven_offset = 0.1;

/// Of the numbers that a program sums in which knows no others than the pixels'.
struct NumberType {
    double roundoff;  ///< half the distance of 1 from the next number
    double most;
    double least_step;  ///< between the smallest numbers
};

constexpr NumberType half{0x1p-11, 65504, 0x1p-24};
constexpr NumberType single{0x1p-24, std::numeric_limits<float>::max(), 0x1p-149};
// The last sum of many may round up to what is none of its numbers any more.
constexpr double share_of_most = 0.9;

/// Whether every sum of up to `count` numbers `value` is a number of the type.
bool sums_are_exact(double value, double count, const NumberType& type) {
    if (value == 0) return true;
    int exponent = 0;
    const double fraction = std::frexp(std::abs(value), &exponent);
    const auto bits = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
    const double odd_part = static_cast<double>(bits >> std::countr_zero(bits));
    return odd_part * count <= 1 / type.roundoff && std::abs(value) * count <= type.most;
}

/// How far from the mean such a program's may be. NumPy makes sums as singles, by pairs within a chunk of 8192, and up
/// to version 1 one chunk behind the other, so that an addition is off by a rounding of half the sum, on average. Sums
/// of halves are rounded to halves behind each chunk, and once more when they are divided.
double error_of_mean(const FrameStatistics& of, double pixels, const NumberType& type) {
    constexpr double by_pairs = 8, divided = 2, chunk = 8192;
    const double behind_each_other = pixels / chunk / 2;
    const double magnitude = std::hypot(of.mean, of.standard_deviation);
    return magnitude *
           ((divided + behind_each_other) * type.roundoff + (by_pairs + behind_each_other) * single.roundoff);
}

bool sums_overflow(const FrameStatistics& of, double pixels, const NumberType& type) {
    const double most = share_of_most * type.most;
    const double magnitude = std::hypot(of.mean, of.standard_deviation);
    return pixels * magnitude > most || pixels * of.standard_deviation * of.standard_deviation > most;
}

/// Squares smaller than the smallest numbers are rounded to steps, once each and once as their mean.
bool squares_vanish(double deviation, const NumberType& type) {
    if (deviation == 0) return false;
    const double error = 2 * type.least_step;
    return error > forgiven_share * deviation * deviation && std::sqrt(error) > forgiven_distance;
}

bool finds_deviation(const FrameStatistics& of, double pixels, const NumberType& type) {
    if (of.minimum == of.maximum && sums_are_exact(of.maximum, pixels, type)) return true;
    const double error = error_of_mean(of, pixels, type);
    return !sums_overflow(of, pixels, type) && !squares_vanish(of.standard_deviation, type) &&
           error <= std::max(forgiven_offset * of.standard_deviation, forgiven_distance);
}

/// Means are taken in double precision by everyone, but in an order of his own: where what cancels is far greater than
/// what is left, by others than ours.
bool finds_mean(const FrameStatistics& of) {
    constexpr double roundings = 0x1p14;  // of 2^28 pixels, one as likely upwards as the next downwards
    const double magnitude = std::max(std::abs(of.minimum), std::abs(of.maximum));
    return magnitude * roundings * 0x1p-53 <= std::max(forgiven_share * std::abs(of.mean), forgiven_distance);
}

}  // namespace

FrameStatistics stated_statistics(const FrameStatistics& statistics, PixelType type, std::uint64_t pixels) {
    FrameStatistics stated = statistics;
    if (type != PixelType::float16 && type != PixelType::float32) return stated;
    const bool finite = std::isfinite(statistics.minimum) && std::isfinite(statistics.maximum);
    if (statistics.nan_count > 0 || !finite) return {unknown, unknown, unknown, unknown, statistics.nan_count};
    const auto count = static_cast<double>(std::max<std::uint64_t>(1, pixels));
    if (!finds_mean(statistics)) stated.mean = unknown;
    if (!finds_deviation(statistics, count, type == PixelType::float16 ? half : single))
        stated.standard_deviation = unknown;
    return stated;
}

}  // namespace mrcz
