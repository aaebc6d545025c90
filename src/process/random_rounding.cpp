// Compiled for speed: see room.cmake.
#include "process/random_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mrcz {
namespace {

/// SplitMix64 of seed and frame: neighbouring frames share nothing.
std::uint32_t key_of(std::int64_t frame, std::uint64_t seed) noexcept {
    std::uint64_t word = seed + 0x9e3779b97f4a7c15 * (static_cast<std::uint64_t>(frame) + 1);
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::uint32_t>(word ^ (word >> 31));
}

/// In [0, 1), of 24 bits. 32-bit arithmetic, which vectors have on every processor.
inline float drawn(std::uint32_t key, std::uint32_t pixel) noexcept {
    std::uint32_t word = pixel * 0x9e3779b9U ^ key;
    word = (word ^ (word >> 16)) * 0x85ebca6bU;
    word = (word ^ (word >> 13)) * 0xc2b2ae35U;
    return static_cast<float>(static_cast<std::int32_t>((word ^ (word >> 16)) >> 8)) * 0x1p-24F;
}

/// The greatest float that is no more than `bound`, so that the conversion back is defined.
template <class Integer>
float not_above(Integer bound) noexcept {
    const auto nearest = static_cast<float>(bound);
    return static_cast<double>(nearest) > static_cast<double>(bound) ? std::nextafter(nearest, 0.0F) : nearest;
}

/// By truncation where it fits into 32 bits, because that, unlike std::floor, vectors have on every processor.
template <class Integer>
inline float whole_below(float value) noexcept {
    if constexpr (sizeof(Integer) == 4) {
        return std::floor(value);
    } else {
        const auto truncated = static_cast<float>(static_cast<std::int32_t>(value));
        return truncated > value ? truncated - 1 : truncated;
    }
}

template <class Integer>
struct Range {
    float low, high;
};

/// Returns how many were beyond the range.
template <class Integer>
std::uint32_t round_piece(const float* __restrict values, Integer* __restrict into, std::uint32_t first,
                          std::uint32_t count, const Range<Integer>& range, std::uint32_t key) noexcept {
    std::uint32_t beyond = 0;
    const float low = range.low, high = range.high;
    for (std::uint32_t i = 0; i < count; ++i) {
        float near = values[i] > low - 2 ? values[i] : low - 2;  // NaN compares false
        near = near < high + 2 ? near : high + 2;
        const float whole = whole_below<Integer>(near);
        const float rounded = near - whole > drawn(key, first + i) ? whole + 1 : whole;
        float kept = rounded > low ? rounded : low;
        kept = kept < high ? kept : high;
        beyond += kept == rounded && values[i] == values[i] && near == values[i] ? 0U : 1U;
        kept = values[i] == values[i] ? kept : 0.0F;
        if constexpr (sizeof(Integer) == 4) {
            into[i] = static_cast<Integer>(kept);
        } else {
            into[i] = static_cast<Integer>(static_cast<std::int32_t>(kept));
        }
    }
    return beyond;
}

}  // namespace

template <class Integer>
std::uint64_t round_at_random(std::span<const float> values, std::span<Integer> into, Integer least, Integer greatest,
                              std::int64_t frame, std::uint64_t seed) {
    constexpr std::size_t piece = std::size_t{1} << 14;
    const std::uint32_t key = key_of(frame, seed);
    const Range<Integer> range{static_cast<float>(least), not_above(greatest)};
    std::uint64_t beyond = 0;
    for (std::size_t at = 0; at < values.size(); at += piece) {
        const auto count = static_cast<std::uint32_t>(std::min(piece, values.size() - at));
        beyond += round_piece(values.data() + at, into.data() + at, static_cast<std::uint32_t>(at), count, range, key);
    }
    return beyond;
}

template std::uint64_t round_at_random(std::span<const float>, std::span<std::int8_t>, std::int8_t, std::int8_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint8_t>, std::uint8_t, std::uint8_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::int16_t>, std::int16_t, std::int16_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint16_t>, std::uint16_t, std::uint16_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::int32_t>, std::int32_t, std::int32_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint32_t>, std::uint32_t, std::uint32_t,
                                       std::int64_t, std::uint64_t);

}  // namespace mrcz
