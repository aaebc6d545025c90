// Sums of 4-bit and float16 frames, number by number.
#pragma once

#include "simd/level/convert_half_plain.inl"
#include "simd/level/sums.inl"

namespace mrcz::simd {
namespace {

void add_halves(const std::byte* const* frames, size_t count, std::byte* to, size_t pixels) {
    add_halves_from(0, frames, count, to, pixels);
}

void add_float16(const std::byte* const* frames, size_t count, std::byte* to, size_t pixels) {
    for (size_t i = 0; i < pixels; ++i) {
        double sum = load_number<double>(to + 8 * i);
        for (size_t f = 0; f < count; ++f)
            sum += static_cast<double>(quiet_float_of_half(load_value<uint16_t>(octets(frames[f]) + 2 * i)));
        memcpy(to + 8 * i, &sum, sizeof sum);
    }
}

}  // namespace
}  // namespace mrcz::simd
