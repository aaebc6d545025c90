// Pixels added to sums: one loop for every pair of types, plain, and fit for the compiler to make vectors of.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

template <class Number>
inline Number load_number(const std::byte* from) {
    Number number;
    memcpy(&number, from, sizeof number);
    return number;
}

// Unsigned sums wrap, so that the same loop adds negative numbers in two's complement.
template <class From, class To>
void add_numbers(const std::byte* __restrict from, std::byte* __restrict to, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        std::byte* sum = to + i * sizeof(To);
        const To pixel = static_cast<To>(load_number<From>(from + i * sizeof(From)));
        const To grown = static_cast<To>(load_number<To>(sum) + pixel);
        memcpy(sum, &grown, sizeof grown);
    }
}

// Two sums beside each other are one number of 16 bits: they do not carry into each other as long as none wraps.
void add_halves(const std::byte* __restrict from, std::byte* __restrict to, size_t pixels) {
    for (size_t i = 0; i < pixels / 2; ++i) {
        const unsigned packed = load_number<uint8_t>(from + i);
        const uint16_t pair = static_cast<uint16_t>((packed | packed << 4) & 0x0F0Fu);
        const uint16_t grown = static_cast<uint16_t>(load_number<uint16_t>(to + 2 * i) + pair);
        memcpy(to + 2 * i, &grown, sizeof grown);
    }
    if (pixels % 2 == 0) return;
    const uint8_t last = load_number<uint8_t>(from + pixels / 2) & 15u;
    const uint8_t grown = static_cast<uint8_t>(load_number<uint8_t>(to + pixels - 1) + last);
    memcpy(to + pixels - 1, &grown, sizeof grown);
}

template <class From>
AddRun add_integers_to(SumType to) {
    switch (to) {
        case SumType::uint8:
            return add_numbers<From, uint8_t>;
        case SumType::uint16:
            return add_numbers<From, uint16_t>;
        case SumType::uint32:
            return add_numbers<From, uint32_t>;
        case SumType::int64:
            return add_numbers<From, int64_t>;
        default:
            return nullptr;
    }
}

AddRun add_run(PixelType from, SumType to) {
    switch (from) {
        case PixelType::int8:
            return add_integers_to<int8_t>(to);
        case PixelType::uint8:
            return add_integers_to<uint8_t>(to);
        case PixelType::int16:
            return add_integers_to<int16_t>(to);
        case PixelType::uint16:
            return add_integers_to<uint16_t>(to);
        case PixelType::int32:
            return add_integers_to<int32_t>(to);
        case PixelType::uint32:
            return add_integers_to<uint32_t>(to);
        case PixelType::float32:
            return to == SumType::float64 ? add_numbers<float, double> : nullptr;
        default:
            return nullptr;
    }
}

}  // namespace
}  // namespace mrcz::simd
