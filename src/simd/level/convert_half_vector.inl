// float16 from and to float32 by F16C, eight at a time.
#pragma once

#include <immintrin.h>

#include "simd/level/convert.inl"

namespace mrcz::simd {
namespace {

constexpr size_t halves_a_vector = 8;

inline __m256 load_8_floats(const std::byte* from) { return _mm256_loadu_ps(reinterpret_cast<const float*>(from)); }
inline __m128i load_8_halves(const std::byte* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }

inline void convert_8_to_floats(const std::byte* from, std::byte* to) {
    _mm256_storeu_ps(reinterpret_cast<float*>(to), _mm256_cvtph_ps(load_8_halves(from)));
}

inline unsigned lanes_of(__m256 mask) {
    return static_cast<unsigned>(__builtin_popcount(static_cast<unsigned>(_mm256_movemask_ps(mask))));
}

inline void convert_8_to_halves(const std::byte* from, std::byte* to, ConversionCounts& counts) {
    const __m256 x = load_8_floats(from);
    const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x), infinity = _mm256_set1_ps(__builtin_inff());
    const __m256 greatest = _mm256_set1_ps(65504), least = _mm256_set1_ps(-65504);
    const __m256 is_finite = _mm256_cmp_ps(magnitude, infinity, _CMP_LT_OQ);
    const __m256 is_beyond = _mm256_and_ps(is_finite, _mm256_cmp_ps(magnitude, _mm256_set1_ps(65520), _CMP_GE_OQ));
    const __m256 near = _mm256_blendv_ps(x, _mm256_min_ps(_mm256_max_ps(x, least), greatest), is_finite);
    const __m128i half = _mm256_cvtps_ph(near, _MM_FROUND_TO_NEAREST_INT);
    const __m256 differs = _mm256_cmp_ps(_mm256_cvtph_ps(half), x, _CMP_NEQ_OQ);
    if (_mm256_movemask_ps(differs) != 0) {
        counts.clipped += lanes_of(is_beyond);
        counts.rounded += lanes_of(_mm256_andnot_ps(is_beyond, differs));
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), half);
}

void halves_to_floats(const std::byte* from, std::byte* to, size_t count, ConversionCounts&) {
    size_t i = 0;
    for (; i + halves_a_vector <= count; i += halves_a_vector) convert_8_to_floats(from + 2 * i, to + 4 * i);
    if (i == count) return;
    std::byte halves[2 * halves_a_vector] = {}, floats[4 * halves_a_vector];
    memcpy(halves, from + 2 * i, 2 * (count - i));
    convert_8_to_floats(halves, floats);
    memcpy(to + 4 * i, floats, 4 * (count - i));
}

void floats_to_halves(const std::byte* from, std::byte* to, size_t count, ConversionCounts& counts) {
    size_t i = 0;
    for (; i + halves_a_vector <= count; i += halves_a_vector) convert_8_to_halves(from + 4 * i, to + 2 * i, counts);
    if (i == count) return;
    std::byte floats[4 * halves_a_vector] = {}, halves[2 * halves_a_vector];
    memcpy(floats, from + 4 * i, 4 * (count - i));
    convert_8_to_halves(floats, halves, counts);
    memcpy(to + 2 * i, halves, 2 * (count - i));
}

}  // namespace
}  // namespace mrcz::simd
