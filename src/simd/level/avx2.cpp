// Compiled with -mavx2 -mbmi2 -mf16c: nothing here may run, or be shared with the program, unless kernels.cpp says so.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

typedef __m256i Vec;
constexpr size_t vec_bytes = 32;

inline Vec load(const uint8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void store(uint8_t* to, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }

// Lane L is at `from + L * distance`.
inline Vec load_lanes(const uint8_t* from, size_t distance) {
    const __m128i lane_1 = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + distance));
    const __m128i lane_0 = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(lane_0), lane_1, 1);
}

inline void store_lanes(uint8_t* to, size_t distance, Vec v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(v));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + distance), _mm256_extracti128_si256(v, 1));
}

inline Vec zip_low(Vec a, Vec b) { return _mm256_unpacklo_epi8(a, b); }
inline Vec zip_high(Vec a, Vec b) { return _mm256_unpackhi_epi8(a, b); }

// Bytes of `a` and `b` in turn.
inline void zip_in_order(Vec a, Vec b, Vec& first, Vec& second) {
    const Vec low = zip_low(a, b), high = zip_high(a, b);
    first = _mm256_permute2x128_si256(low, high, 0x20);
    second = _mm256_permute2x128_si256(low, high, 0x31);
}

template <int Shift>
inline Vec exchange_mask() {
    return _mm256_set1_epi8(Shift == 1 ? 0x55 : Shift == 2 ? 0x33 : 0x0F);
}

// In every byte: the bits of `a` at places that have Shift in their number change places with those of `b` Shift lower.
template <int Shift>
inline void exchange_bits(Vec& a, Vec& b) {
    const Vec differ = _mm256_and_si256(_mm256_xor_si256(_mm256_srli_epi64(a, Shift), b), exchange_mask<Shift>());
    b = _mm256_xor_si256(b, differ);
    a = _mm256_xor_si256(a, _mm256_slli_epi64(differ, Shift));
}

template <size_t Size>
inline Vec reverse_words(Vec v) {
    const __m128i order = Size == 2   ? _mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
                          : Size == 4 ? _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
                                      : _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    return _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(order));
}

inline uint64_t neighbours_equal(const uint8_t* from) {
    const auto half = [](const uint8_t* p) {
        return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(p), load(p - 1))));
    };
    return half(from) | static_cast<uint64_t>(half(from + 32)) << 32;
}

}  // namespace
}  // namespace mrcz::simd

#include "simd/level/convert.inl"
#include "simd/level/convert_half_vector.inl"
#include "simd/level/rounding.inl"
#include "simd/level/runs.inl"
#include "simd/level/statistics_vector.inl"
#include "simd/level/sums_vector.inl"
#include "simd/level/transpose_vector.inl"
#include "simd/level/xxh3.inl"

namespace mrcz::simd {

const LevelTable avx2_table = {
    Level::avx2, "avx2",       bitshuffle,    bitunshuffle,  byteshuffle,   byteunshuffle,  byteswap,      accumulate,
    find_runs,   convert_run,  unpack_halves, pack_halves,   add_run,       add_halves,     add_float16,   round_run,
    xxh3_64,     hash64_reset, hash64_update, hash64_digest, hash128_reset, hash128_update, hash128_digest};

}  // namespace mrcz::simd
