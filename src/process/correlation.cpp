#include "mrcz/correlation.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "base/fail.hpp"

namespace mrcz {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Adds term(i) over 0 … count - 1 in as many lanes as a vector unit likes, always the same ones: the result does not
/// depend on the machine.
template <std::size_t Sums, class Term>
std::array<double, Sums> add_up(std::size_t count, const Term& term) {
    constexpr std::size_t lanes = 16;
    std::array<std::array<double, lanes>, Sums> totals{};
    for (std::size_t i = 0; i < count; i += lanes) {
        const std::size_t end = i + lanes <= count ? lanes : count - i;
        for (std::size_t lane = 0; lane < end; ++lane) {
            const std::array<double, Sums> values = term(i + lane);
            for (std::size_t sum = 0; sum < Sums; ++sum) totals[sum][lane] += values[sum];
        }
    }
    std::array<double, Sums> result{};
    for (std::size_t sum = 0; sum < Sums; ++sum) {
        for (const double total : totals[sum]) result[sum] += total;
    }
    return result;
}

/// What makes a frame one of mean 0 and sum of squares 1: (x - mean) * scale.
struct Standard {
    double mean = 0;
    double scale = 0;  // 0: constant, or not finite

    [[nodiscard]] double of(float value) const { return (static_cast<double>(value) - mean) * scale; }
};

Standard standard_of(std::span<const float> frame) {
    if (frame.empty()) return {};
    // Moments about any value of the frame lose nothing, and of a constant frame they are exactly 0.
    const auto origin = static_cast<double>(frame[0]);
    const auto [sum, squares] = add_up<2>(frame.size(), [&](std::size_t i) {
        const double value = static_cast<double>(frame[i]) - origin;
        return std::array{value, value * value};
    });
    const auto count = static_cast<double>(frame.size());
    const double variation = squares - sum * sum / count;
    if (!(variation > 0) || !std::isfinite(variation)) return {};
    return {origin + sum / count, 1 / std::sqrt(variation)};
}

void check_size(std::size_t found, std::size_t expected) {
    if (found == expected) return;
    fail(ErrorCode::invalid_argument, "a frame of ", found, " pixels: expected ", expected, " like the others");
}

std::vector<float> standardised(std::span<const float> frame, const Standard& standard) {
    std::vector<float> values;
    if (standard.scale == 0) return values;
    values.reserve(frame.size());
    for (const float value : frame) values.push_back(static_cast<float>(standard.of(value)));
    return values;
}

}  // namespace

FrameCorrelation::FrameCorrelation(const ImageShape& shape, std::int64_t lag) : shape_(shape), lag_(lag) {
    if (lag < 0) fail(ErrorCode::invalid_argument, "correlation of frames ", lag, " apart: expected 0 or more");
    if (lag == 0) sum_.resize(shape.pixels());
}

void FrameCorrelation::add(std::span<const float> frame) {
    check_size(frame.size(), shape_.pixels());
    const Standard standard = standard_of(frame);
    if (lag_ == 0) {
        if (standard.scale == 0) return;
        for (std::size_t i = 0; i < frame.size(); ++i) sum_[i] += standard.of(frame[i]);
        ++frames_;
        return;
    }
    kept_.push_back(standardised(frame, standard));
    if (static_cast<std::int64_t>(kept_.size()) <= lag_) return;
    const std::vector<float> earlier = std::move(kept_.front());
    kept_.pop_front();
    const std::vector<float>& later = kept_.back();
    if (earlier.empty() || later.empty()) return;
    total_ += add_up<1>(later.size(), [&](std::size_t i) {
        return std::array{static_cast<double>(earlier[i]) * static_cast<double>(later[i])};
    })[0];
    ++pairs_;
}

double FrameCorrelation::mean() const {
    if (lag_ > 0) return pairs_ == 0 ? not_a_number : total_ / static_cast<double>(pairs_);
    if (frames_ < 2) return not_a_number;
    const auto frames = static_cast<double>(frames_);
    const double squares = add_up<1>(sum_.size(), [&](std::size_t i) { return std::array{sum_[i] * sum_[i]}; })[0];
    return (squares - frames) / (frames * (frames - 1));
}

double correlation(std::span<const float> one, std::span<const float> other) {
    check_size(other.size(), one.size());
    const Standard first = standard_of(one);
    const Standard second = standard_of(other);
    if (first.scale == 0 || second.scale == 0) return not_a_number;
    return add_up<1>(one.size(), [&](std::size_t i) { return std::array{first.of(one[i]) * second.of(other[i])}; })[0];
}

void FanoFactor::add(std::span<const float> one, std::span<const float> next) {
    check_size(next.size(), one.size());
    if (one.empty()) return;
    const auto [sum, difference, squares] = add_up<3>(one.size(), [&](std::size_t i) {
        const auto first = static_cast<double>(one[i]);
        const auto second = static_cast<double>(next[i]);
        return std::array{first + second, first - second, (first - second) * (first - second)};
    });
    sum_ += sum;
    squares_ += squares - difference * difference / static_cast<double>(one.size());
}

double FanoFactor::value() const noexcept { return sum_ > 0 ? squares_ / sum_ : not_a_number; }

}  // namespace mrcz
