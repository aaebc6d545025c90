// float16 from and to float32, number by number; NaN as processors with F16C make them.
#pragma once

#include "simd/level/convert.inl"

namespace mrcz::simd {
namespace {

inline uint32_t bits_of_float(float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

inline float quiet_float_of_half(uint32_t half) {
    const bool is_nan = (half & 0x7FFFu) > 0x7C00u;
    return float_of_half(is_nan ? half | 0x200u : half);
}

// Of a number from 0 to 65504, rounded half to even.
inline uint32_t half_of_finite(float number) {
    const uint32_t bits = bits_of_float(number);
    if (bits >= 0x38800000u) return (bits - 0x38000000u + 0xFFFu + (bits >> 13 & 1u)) >> 13;  // 2^-14: full precision
    // Sums with 0.5 have the places that halves below 2^-14 have, and the processor rounds them.
    return bits_of_float(number + 0.5f) - bits_of_float(0.5f);
}

inline uint32_t half_of_float(float x, ConversionCounts& counts) {
    constexpr float greatest = 65504, rounds_beyond = 65520;
    const uint32_t bits = bits_of_float(x), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) return sign | 0x7E00u | (magnitude >> 13 & 0x3FFu);
    if (magnitude == 0x7F800000u) return sign | 0x7C00u;
    if (float_of_bits(magnitude) >= rounds_beyond) {
        ++counts.clipped;
        return sign | 0x7BFFu;
    }
    const float near = float_of_bits(magnitude) > greatest ? greatest : float_of_bits(magnitude);
    const uint32_t half = half_of_finite(near);
    if (float_of_half(half) != float_of_bits(magnitude)) ++counts.rounded;
    return sign | half;
}

void halves_to_floats(const std::byte* from, std::byte* to, size_t count, ConversionCounts&) {
    for (size_t i = 0; i < count; ++i)
        store_value(octets(to) + 4 * i, quiet_float_of_half(load_value<uint16_t>(octets(from) + 2 * i)));
}

void floats_to_halves(const std::byte* from, std::byte* to, size_t count, ConversionCounts& counts) {
    for (size_t i = 0; i < count; ++i) {
        const uint32_t half = half_of_float(load_value<float>(octets(from) + 4 * i), counts);
        store_value(octets(to) + 2 * i, static_cast<uint16_t>(half));
    }
}

}  // namespace
}  // namespace mrcz::simd
