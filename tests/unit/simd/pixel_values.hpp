// The number a pixel is, by the definition of its type: what kernels are compared with.
#pragma once

#include <cmath>
#include <limits>

#include "base/byte_order.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::simd {

/// IEEE 754 binary16.
inline double half_value(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 31)
        return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                             : sign * std::numeric_limits<double>::infinity();
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

/// A real number, little-endian; 4-bit pixels one a byte.
inline double number_at(const std::byte* from, PixelType type) {
    switch (type) {
        case PixelType::int8:
            return load_le<std::int8_t>(from);
        case PixelType::uint4:
        case PixelType::uint8:
            return load_le<std::uint8_t>(from);
        case PixelType::int16:
            return load_le<std::int16_t>(from);
        case PixelType::uint16:
            return load_le<std::uint16_t>(from);
        case PixelType::int32:
            return load_le<std::int32_t>(from);
        case PixelType::uint32:
            return load_le<std::uint32_t>(from);
        case PixelType::float16:
            return half_value(load_le<std::uint16_t>(from));
        default:
            return static_cast<double>(load_le<float>(from));
    }
}

}  // namespace mrcz::simd
