// Logarithms in integers: what is decided or stored by them must be the same on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace mrcz {

inline constexpr unsigned log2_bits = 16;

/// log2(value) in 1/65536, rounded down; value at least 1. By squaring: each squaring gives a bit of the logarithm.
[[nodiscard]] constexpr std::uint32_t fixed_log2(std::uint64_t value) noexcept {
    const auto whole = static_cast<unsigned>(std::bit_width(value)) - 1;
    std::uint64_t mantissa = whole <= 31 ? value << (31 - whole) : value >> (whole - 31);  // 1 … 2, in 1/2^31
    std::uint32_t logarithm = whole << log2_bits;
    for (unsigned bit = log2_bits; bit-- > 0;) {
        mantissa = (mantissa * mantissa) >> 31;
        if (mantissa >> 32 != 0) {
            mantissa >>= 1;
            logarithm |= 1u << bit;
        }
    }
    return logarithm;
}

}  // namespace mrcz
