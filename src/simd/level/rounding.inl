// Fractions rounded at random: one loop for every type, plain, and fit for the compiler to make vectors of.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

// In [0, 1), of 24 bits.
inline float drawn(uint32_t key, uint32_t pixel) {
    uint32_t word = pixel * 0x9e3779b9u ^ key;
    word = (word ^ (word >> 16)) * 0x85ebca6bu;
    word = (word ^ (word >> 13)) * 0xc2b2ae35u;
    return static_cast<float>(static_cast<int32_t>((word ^ (word >> 16)) >> 8)) * 0x1p-24f;
}

// By truncation where it fits into 32 bits, because that, unlike floor(), vectors have on every processor.
template <class Integer>
inline float whole_below(float value) {
    if constexpr (sizeof(Integer) == 4) {
        return __builtin_floorf(value);
    } else {
        const float truncated = static_cast<float>(static_cast<int32_t>(value));
        return truncated > value ? truncated - 1 : truncated;
    }
}

template <class Integer>
uint32_t round_numbers(const float* __restrict values, std::byte* __restrict to, const RoundingOfRun& rounding) {
    Integer* __restrict into = reinterpret_cast<Integer*>(to);
    const float low = rounding.least, high = rounding.greatest;
    const uint32_t key = rounding.key, first = rounding.first_pixel;
    uint32_t beyond = 0;
    for (uint32_t i = 0; i < rounding.pixels; ++i) {
        const float value = values[i];
        float near = value > low - 2 ? value : low - 2;  // NaN compares false
        near = near < high + 2 ? near : high + 2;
        const float whole = whole_below<Integer>(near);
        const float rounded = near - whole > drawn(key, first + i) ? whole + 1 : whole;
        float kept = rounded > low ? rounded : low;
        kept = kept < high ? kept : high;
        beyond += static_cast<uint32_t>(!((kept == rounded) & (near == value)));
        kept = value == value ? kept : 0.0f;
        if constexpr (sizeof(Integer) == 4) {
            into[i] = static_cast<Integer>(kept);
        } else {
            into[i] = static_cast<Integer>(static_cast<int32_t>(kept));
        }
    }
    return beyond;
}

RoundRun round_run(PixelType to) {
    switch (to) {
        case PixelType::int8:
            return round_numbers<int8_t>;
        case PixelType::uint8:
            return round_numbers<uint8_t>;
        case PixelType::int16:
            return round_numbers<int16_t>;
        case PixelType::uint16:
            return round_numbers<uint16_t>;
        case PixelType::int32:
            return round_numbers<int32_t>;
        case PixelType::uint32:
            return round_numbers<uint32_t>;
        default:
            return nullptr;
    }
}

}  // namespace
}  // namespace mrcz::simd
