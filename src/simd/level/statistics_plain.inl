// Statistics pixel by pixel: the scalar level, and the ends that do not fill a vector elsewhere.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level/octets.inl"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

inline uint16_t load_u16(const uint8_t* from) {
    uint16_t word;
    memcpy(&word, from, sizeof word);
    return from_little(word);
}

inline uint32_t load_u32(const uint8_t* from) {
    uint32_t word;
    memcpy(&word, from, sizeof word);
    return from_little(word);
}

inline float float_of_bits(uint32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

inline float float_of_half(uint32_t half) {
    const uint32_t sign = (half & 0x8000u) << 16;
    const uint32_t exponent = (half >> 10) & 31u;
    const uint32_t fraction = half & 0x3FFu;
    if (exponent == 31) return float_of_bits(sign | 0x7F800000u | (fraction << 13));
    if (exponent != 0) return float_of_bits(sign | ((exponent + 112) << 23) | (fraction << 13));
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
}

// How the bytes of each type become numbers.
template <size_t Bytes, bool IsSigned, bool IsFloat>
struct PixelTraits {
    static constexpr size_t bytes = Bytes;
    static constexpr bool is_signed = IsSigned;
    static constexpr bool is_float = IsFloat;
};
struct Int8Pixel : PixelTraits<1, true, false> {
    static int64_t load(const uint8_t* from) { return static_cast<int8_t>(*from); }
};
struct UInt8Pixel : PixelTraits<1, false, false> {
    static int64_t load(const uint8_t* from) { return *from; }
};
struct Int16Pixel : PixelTraits<2, true, false> {
    static int64_t load(const uint8_t* from) { return static_cast<int16_t>(load_u16(from)); }
};
struct UInt16Pixel : PixelTraits<2, false, false> {
    static int64_t load(const uint8_t* from) { return load_u16(from); }
};
struct Int32Pixel : PixelTraits<4, true, false> {
    static int64_t load(const uint8_t* from) { return static_cast<int32_t>(load_u32(from)); }
};
struct UInt32Pixel : PixelTraits<4, false, false> {
    static int64_t load(const uint8_t* from) { return load_u32(from); }
};
struct Float16Pixel : PixelTraits<2, true, true> {
    static float load(const uint8_t* from) { return float_of_half(load_u16(from)); }
};
struct Float32Pixel : PixelTraits<4, true, true> {
    static float load(const uint8_t* from) { return float_of_bits(load_u32(from)); }
};

inline void add_range(StatisticsState& state, int64_t low, int64_t high) {
    if (low < state.integer_min) state.integer_min = low;
    if (high > state.integer_max) state.integer_max = high;
}

template <class Pixel>
void add_integers_plain(StatisticsState& state, const uint8_t* from, size_t count) {
    int64_t low = state.integer_min, high = state.integer_max, sum = 0;
    uint64_t square = 0;
    for (size_t i = 0; i < count; ++i) {
        const int64_t x = Pixel::load(from + i * Pixel::bytes);
        low = x < low ? x : low;
        high = x > high ? x : high;
        sum += x;
        square += static_cast<uint64_t>(x * x);
    }
    add_range(state, low, high);
    state.count += count;
    state.integer_sum += sum;
    state.integer_square += square;
}

inline void add_nibbles_plain(StatisticsState& state, const uint8_t* from, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) {
        const uint8_t pair[2] = {static_cast<uint8_t>(from[i] & 15), static_cast<uint8_t>(from[i] >> 4)};
        add_integers_plain<UInt8Pixel>(state, pair, 2);
    }
}

template <class Pixel>
void add_wide_integers_plain(StatisticsState& state, const uint8_t* from, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        const int64_t x = Pixel::load(from + i * Pixel::bytes);
        if (!state.has_pivot) state.pivot = static_cast<double>(x);
        state.has_pivot = true;
        add_range(state, x, x);
        state.integer_sum += x;
        const double distance = static_cast<double>(x) - state.pivot;
        state.float_square[state.count++ % StatisticsState::lanes] += distance * distance;
    }
}

inline void add_float(StatisticsState& state, float x) {
    const size_t lane = state.count++ % StatisticsState::lanes;
    if (x != x) {
        ++state.nan_count;
        return;
    }
    const double number = static_cast<double>(x);
    if (!state.has_pivot && number - number == 0) {
        state.has_pivot = true;
        state.pivot = number;
    }
    if (number < state.float_min[lane]) state.float_min[lane] = number;
    if (number > state.float_max[lane]) state.float_max[lane] = number;
    const double distance = number - state.pivot;
    state.float_sum[lane] += distance;
    state.float_square[lane] += distance * distance;
}

template <class Pixel>
void add_floats_plain(StatisticsState& state, const uint8_t* from, size_t count) {
    for (size_t i = 0; i < count; ++i) add_float(state, Pixel::load(from + i * Pixel::bytes));
}

}  // namespace
}  // namespace mrcz::simd
