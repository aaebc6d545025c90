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

inline void add_to_byte(std::byte* sum, unsigned pixels) {
    *sum = static_cast<std::byte>(static_cast<uint8_t>(load_number<uint8_t>(sum) + pixels));
}

// From pixel `first`, an even one, on.
inline void add_halves_from(size_t first, const std::byte* const* frames, size_t count, std::byte* to, size_t pixels) {
    for (size_t i = first; i < pixels; i += 2) {
        unsigned low = 0, high = 0;
        for (size_t f = 0; f < count; ++f) {
            const unsigned packed = load_number<uint8_t>(frames[f] + i / 2);
            low += packed & 15u;
            high += packed >> 4;
        }
        add_to_byte(to + i, low);
        if (i + 1 < pixels) add_to_byte(to + i + 1, high);
    }
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
