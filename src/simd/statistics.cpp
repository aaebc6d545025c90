#include "simd/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mrcz::simd {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Moments {
    double mean, variance;
};

// About the integer next to the mean nothing cancels: the variance of integers is never below f * (1 - f), f being the
// distance of the mean from it. Arithmetic modulo 2^64 makes large intermediate values harmless.
Moments moments_of_integers(const StatisticsState& state) {
    const auto count = static_cast<std::int64_t>(state.count);
    std::int64_t center = state.integer_sum / count;
    const std::int64_t rest = state.integer_sum % count;
    if (rest > count / 2) ++center;
    if (rest < -(count / 2)) --center;

    const auto c = static_cast<std::uint64_t>(center);
    const auto sum = static_cast<std::uint64_t>(state.integer_sum);
    const auto centered_sum = static_cast<std::int64_t>(sum - c * state.count);
    const std::uint64_t centered_square = state.integer_square - 2 * c * sum + c * c * state.count;

    const double n = static_cast<double>(count);
    const double offset = static_cast<double>(centered_sum) / n;
    return {static_cast<double>(center) + offset, static_cast<double>(centered_square) / n - offset * offset};
}

double total(const double (&lanes)[StatisticsState::lanes]) {
    double sum = 0;
    for (const double lane : lanes) sum += lane;
    return sum;
}

Moments moments_about_pivot(double pivot, double sum, double square, double count) {
    const double offset = sum / count;
    return {pivot + offset, square / count - offset * offset};
}

Moments moments_of_wide_integers(const StatisticsState& state) {
    const std::uint64_t shift = static_cast<std::uint64_t>(static_cast<std::int64_t>(state.pivot)) * state.count;
    const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(state.integer_sum) - shift);
    return moments_about_pivot(state.pivot, static_cast<double>(sum), total(state.float_square),
                               static_cast<double>(state.count));
}

Moments moments_of_floats(const StatisticsState& state) {
    return moments_about_pivot(state.pivot, total(state.float_sum), total(state.float_square),
                               static_cast<double>(state.count - state.nan_count));
}

// Compilers and processors differ in the sign of the NaN they make.
double canonical(double value) { return std::isnan(value) ? nan : value; }

FrameStatistics result(double minimum, double maximum, const Moments& moments, std::uint64_t nan_count) {
    const double variance = canonical(moments.variance);
    return {minimum, maximum, canonical(moments.mean), variance < 0 ? 0 : std::sqrt(variance), nan_count};
}

FrameStatistics result_of_integers(const StatisticsState& state, const Moments& moments) {
    return result(static_cast<double>(state.integer_min), static_cast<double>(state.integer_max), moments, 0);
}

FrameStatistics result_of_floats(const StatisticsState& state) {
    // Which zero a lane keeps depends on the order of its pixels; + 0.0 turns -0 into +0.
    const double minimum = *std::min_element(std::begin(state.float_min), std::end(state.float_min)) + 0.0;
    const double maximum = *std::max_element(std::begin(state.float_max), std::end(state.float_max)) + 0.0;
    return result(minimum, maximum, moments_of_floats(state), state.nan_count);
}

}  // namespace

StatisticsState::StatisticsState() noexcept {
    std::fill(std::begin(float_min), std::end(float_min), infinity);
    std::fill(std::begin(float_max), std::end(float_max), -infinity);
    std::fill(std::begin(float_sum), std::end(float_sum), 0.0);
    std::fill(std::begin(float_square), std::end(float_square), 0.0);
}

FrameStatistics finish(const StatisticsState& state, PixelType type) {
    if (!info_of(type).ordered || state.count == state.nan_count) return {nan, nan, nan, nan, state.nan_count};
    switch (type) {
        case PixelType::int32:
        case PixelType::uint32:
            return result_of_integers(state, moments_of_wide_integers(state));
        case PixelType::float16:
        case PixelType::float32:
            return result_of_floats(state);
        default:
            return result_of_integers(state, moments_of_integers(state));
    }
}

FrameSums::FrameSums(const FrameFormat& format) noexcept
    : type_(format.type), bytes_to_empty_half_(mrcz::bytes_to_empty_half(format)) {}

void FrameSums::start() noexcept {
    state_ = {};
    bytes_since_empty_half_ = 0;
}

void FrameSums::add(std::span<const std::byte> piece) {
    if (bytes_to_empty_half_ != 0) return add_rows_with_empty_halves(piece);
    kernels().accumulate(state_, piece, type_);
}

void FrameSums::add_rows_with_empty_halves(std::span<const std::byte> piece) {
    while (!piece.empty()) {
        const std::uint64_t left = bytes_to_empty_half_ - bytes_since_empty_half_;
        const bool ends_row = piece.size() >= left;
        const auto part = piece.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
        kernels().accumulate(state_, part.first(part.size() - (ends_row ? 1 : 0)), type_);
        if (ends_row) {
            const std::byte last_pixel = part.back() & std::byte{15};
            kernels().accumulate(state_, {&last_pixel, 1}, PixelType::uint8);
        }
        bytes_since_empty_half_ = ends_row ? 0 : bytes_since_empty_half_ + part.size();
        piece = piece.subspan(part.size());
    }
}

}  // namespace mrcz::simd
