// Compiled for speed: see room.cmake.
#include "process/random_rounding.hpp"

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

}  // namespace

template <class Integer>
std::uint64_t round_at_random(std::span<const float> values, std::span<Integer> into, Integer least, Integer greatest,
                              std::int64_t frame, std::uint64_t seed) {
    const std::uint32_t key = key_of(frame, seed);
    const float low = static_cast<float>(least), high = not_above(greatest);
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float whole = std::floor(values[i]);
        const float rounded = whole + (values[i] - whole > drawn(key, static_cast<std::uint32_t>(i)) ? 1.0F : 0.0F);
        float kept = rounded > low ? rounded : low;  // NaN compares false
        kept = kept < high ? kept : high;
        kept = values[i] == values[i] ? kept : 0.0F;
        beyond += kept == rounded ? 0 : 1;
        into[i] = static_cast<Integer>(kept);
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
