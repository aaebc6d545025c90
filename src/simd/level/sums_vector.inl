// Sums of 4-bit and float16 frames: several frames are added up in registers, since memory is what sums wait for.
#pragma once

#include <immintrin.h>

#include "simd/level/sums.inl"

namespace mrcz::simd {
namespace {

typedef uint8_t ByteVec __attribute__((vector_size(vec_bytes)));

inline ByteVec load_bytes(const std::byte* from) { return reinterpret_cast<ByteVec>(load(octets(from))); }

inline void add_to_bytes(std::byte* to, Vec pixels) {
    store(octets(to), reinterpret_cast<Vec>(load_bytes(to) + reinterpret_cast<ByteVec>(pixels)));
}

template <size_t Count>
void add_halves_of(const std::byte* const* frames, std::byte* to, size_t pixels) {
    constexpr size_t step = 2 * vec_bytes;
    const size_t whole = pixels / step * step;
    for (size_t i = 0; i < whole; i += step) {
        ByteVec low = {}, high = {};
        for (size_t f = 0; f < Count; ++f) {
            const ByteVec packed = load_bytes(frames[f] + i / 2);
            low += packed & 15;
            high += packed >> 4;
        }
        Vec first, second;
        zip_in_order(reinterpret_cast<Vec>(low), reinterpret_cast<Vec>(high), first, second);
        add_to_bytes(to + i, first);
        add_to_bytes(to + i + vec_bytes, second);
    }
    add_halves_from(whole, frames, Count, to, pixels);
}

void add_halves(const std::byte* const* frames, size_t count, std::byte* to, size_t pixels) {
    switch (count) {
        case 1:
            return add_halves_of<1>(frames, to, pixels);
        case 2:
            return add_halves_of<2>(frames, to, pixels);
        case 3:
            return add_halves_of<3>(frames, to, pixels);
        case 4:
            return add_halves_of<4>(frames, to, pixels);
        default:
            return;
    }
}

template <size_t Count>
inline void add_8_float16(const std::byte* const* frames, size_t pixel, double* to) {
    __m256d low = _mm256_loadu_pd(to), high = _mm256_loadu_pd(to + 4);
    for (size_t f = 0; f < Count; ++f) {
        const __m256 floats = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(frames[f] + 2 * pixel)));
        low = _mm256_add_pd(low, _mm256_cvtps_pd(_mm256_castps256_ps128(floats)));
        high = _mm256_add_pd(high, _mm256_cvtps_pd(_mm256_extractf128_ps(floats, 1)));
    }
    _mm256_storeu_pd(to, low);
    _mm256_storeu_pd(to + 4, high);
}

template <size_t Count>
void add_float16_of(const std::byte* const* frames, std::byte* to, size_t pixels) {
    double* sums = reinterpret_cast<double*>(to);
    size_t i = 0;
    for (; i + 8 <= pixels; i += 8) add_8_float16<Count>(frames, i, sums + i);
    if (i == pixels) return;
    std::byte rest[Count][16] = {};
    const std::byte* rests[Count];
    double last[8] = {};
    for (size_t f = 0; f < Count; ++f) {
        memcpy(rest[f], frames[f] + 2 * i, 2 * (pixels - i));
        rests[f] = rest[f];
    }
    memcpy(last, to + 8 * i, 8 * (pixels - i));
    add_8_float16<Count>(rests, 0, last);
    memcpy(to + 8 * i, last, 8 * (pixels - i));
}

void add_float16(const std::byte* const* frames, size_t count, std::byte* to, size_t pixels) {
    switch (count) {
        case 1:
            return add_float16_of<1>(frames, to, pixels);
        case 2:
            return add_float16_of<2>(frames, to, pixels);
        case 3:
            return add_float16_of<3>(frames, to, pixels);
        case 4:
            return add_float16_of<4>(frames, to, pixels);
        default:
            return;
    }
}

}  // namespace
}  // namespace mrcz::simd
