// Compiled with the flags of level/avx2.cpp and -mavx512f -mavx512bw -mavx512vl -mavx512dq; the same caution holds.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

typedef __m512i Vec;
constexpr size_t vec_bytes = 64;

inline Vec load(const uint8_t* from) { return _mm512_loadu_si512(from); }
inline void store(uint8_t* to, Vec v) { _mm512_storeu_si512(to, v); }

inline __m128i load_lane(const uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline void store_lane(uint8_t* to, __m128i lane) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), lane); }

// Lane L is at `from + L * distance`.
inline Vec load_lanes(const uint8_t* from, size_t distance) {
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(load_lane(from)), load_lane(from + distance), 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(load_lane(from + 2 * distance)),
                                                 load_lane(from + 3 * distance), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

inline void store_lanes(uint8_t* to, size_t distance, Vec v) {
    store_lane(to, _mm512_castsi512_si128(v));
    store_lane(to + distance, _mm512_extracti32x4_epi32(v, 1));
    store_lane(to + 2 * distance, _mm512_extracti32x4_epi32(v, 2));
    store_lane(to + 3 * distance, _mm512_extracti32x4_epi32(v, 3));
}

inline Vec zip_low(Vec a, Vec b) { return _mm512_unpacklo_epi8(a, b); }
inline Vec zip_high(Vec a, Vec b) { return _mm512_unpackhi_epi8(a, b); }

// Bytes of `a` and `b` in turn.
inline void zip_in_order(Vec a, Vec b, Vec& first, Vec& second) {
    const Vec low = zip_low(a, b), high = zip_high(a, b);
    first = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), high);
    second = _mm512_permutex2var_epi64(low, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), high);
}

template <int Shift>
inline Vec exchange_mask() {
    return _mm512_set1_epi8(Shift == 1 ? 0x55 : Shift == 2 ? 0x33 : 0x0F);
}

// In every byte: the bits of `a` at places that have Shift in their number change places with those of `b` Shift lower.
template <int Shift>
inline void exchange_bits(Vec& a, Vec& b) {
    constexpr int choose = 0xCA;  // truth table of (first & second) | (~first & third)
    const Vec mask = exchange_mask<Shift>();
    const Vec a_down = _mm512_srli_epi64(a, Shift), b_up = _mm512_slli_epi64(b, Shift);
    a = _mm512_ternarylogic_epi64(mask, a, b_up, choose);
    b = _mm512_ternarylogic_epi64(mask, a_down, b, choose);
}

template <size_t Size>
inline Vec reverse_words(Vec v) {
    const __m128i order = Size == 2   ? _mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
                          : Size == 4 ? _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
                                      : _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    return _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order));
}

inline uint64_t neighbours_equal(const uint8_t* from) { return _mm512_cmpeq_epi8_mask(load(from), load(from - 1)); }

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

const LevelTable avx512_table = {
    Level::avx512, "avx512",     bitshuffle,    bitunshuffle,  byteshuffle,   byteunshuffle,  byteswap,      accumulate,
    find_runs,     convert_run,  unpack_halves, pack_halves,   add_run,       add_halves,     add_float16,   round_run,
    xxh3_64,       hash64_reset, hash64_update, hash64_digest, hash128_reset, hash128_update, hash128_digest};

}  // namespace mrcz::simd
