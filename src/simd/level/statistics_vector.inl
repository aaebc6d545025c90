// Statistics on vectors of 256 bits; the wider vectors of AVX-512 gain nothing here, memory is the limit.
#pragma once

#include <immintrin.h>

#include "simd/level/octets.inl"
#include "simd/level/statistics_plain.inl"

namespace mrcz::simd {
namespace {

constexpr size_t lanes = StatisticsState::lanes;

inline __m256i load_256(const uint8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void store_256(void* to, __m256i vector) { _mm256_storeu_si256(static_cast<__m256i*>(to), vector); }

inline int64_t sum_of_int64(__m256i vector) {
    int64_t part[4];
    store_256(part, vector);
    return part[0] + part[1] + part[2] + part[3];
}

inline int64_t sum_of_int32(__m256i vector) {
    int32_t part[8];
    store_256(part, vector);
    int64_t sum = 0;
    for (const int32_t p : part) sum += p;
    return sum;
}

inline uint64_t sum_of_uint32(__m256i vector) {
    uint32_t part[8];
    store_256(part, vector);
    uint64_t sum = 0;
    for (const uint32_t p : part) sum += p;
    return sum;
}

// `count` numbers y = x + bias, added as x. Modulo 2^64 throughout.
inline void add_biased(StatisticsState& state, size_t count, int64_t bias, int64_t sum, uint64_t square) {
    const uint64_t n = count, b = static_cast<uint64_t>(bias), s = static_cast<uint64_t>(sum);
    state.count += n;
    state.integer_sum += static_cast<int64_t>(s - b * n);
    state.integer_square += square - 2 * b * s + b * b * n;
}

// Signed bytes are summed as unsigned ones, 128 higher: the sum of absolute differences is the cheapest sum of bytes.
template <class Pixel>
void add_byte_block(StatisticsState& state, const uint8_t* from, size_t vectors) {
    constexpr int64_t bias = Pixel::is_signed ? 128 : 0;
    const __m256i flip = _mm256_set1_epi8(static_cast<char>(bias)), zero = _mm256_setzero_si256();
    __m256i low = _mm256_set1_epi8(-1), high = zero, sum = zero, square_a = zero, square_b = zero;
    for (size_t i = 0; i < vectors; ++i) {
        const __m256i y = _mm256_xor_si256(load_256(from + 32 * i), flip);
        low = _mm256_min_epu8(low, y);
        high = _mm256_max_epu8(high, y);
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(y, zero));
        const __m256i a = _mm256_unpacklo_epi8(y, zero), b = _mm256_unpackhi_epi8(y, zero);
        square_a = _mm256_add_epi32(square_a, _mm256_madd_epi16(a, a));
        square_b = _mm256_add_epi32(square_b, _mm256_madd_epi16(b, b));
    }
    uint8_t lows[32], highs[32];
    store_256(lows, low);
    store_256(highs, high);
    for (size_t i = 0; i < 32; ++i) add_range(state, lows[i] - bias, highs[i] - bias);
    add_biased(state, 32 * vectors, bias, sum_of_int64(sum), sum_of_uint32(square_a) + sum_of_uint32(square_b));
}

// Unsigned words are summed as signed ones, 32768 lower: what the multiply-and-add of 16-bit words takes.
template <class Pixel>
void add_word_block(StatisticsState& state, const uint8_t* from, size_t vectors) {
    constexpr int64_t bias = Pixel::is_signed ? 0 : -32768;
    const __m256i flip = _mm256_set1_epi16(static_cast<short>(bias)), one = _mm256_set1_epi16(1);
    const __m256i low_half = _mm256_set1_epi64x(0xFFFFFFFF), zero = _mm256_setzero_si256();
    __m256i low = _mm256_set1_epi16(INT16_MAX), high = _mm256_set1_epi16(INT16_MIN), sum = zero, square = zero;
    for (size_t i = 0; i < vectors; ++i) {
        const __m256i y = _mm256_xor_si256(load_256(from + 32 * i), flip);
        low = _mm256_min_epi16(low, y);
        high = _mm256_max_epi16(high, y);
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(y, one));
        const __m256i squares = _mm256_madd_epi16(y, y);  // up to 2^31: unsigned
        square = _mm256_add_epi64(square, _mm256_and_si256(squares, low_half));
        square = _mm256_add_epi64(square, _mm256_srli_epi64(squares, 32));
    }
    int16_t lows[16], highs[16];
    store_256(lows, low);
    store_256(highs, high);
    for (size_t i = 0; i < 16; ++i) add_range(state, lows[i] - bias, highs[i] - bias);
    add_biased(state, 16 * vectors, bias, sum_of_int32(sum), static_cast<uint64_t>(sum_of_int64(square)));
}

// Vectors that the 32-bit sums of the two functions above can take.
constexpr size_t block_vectors = 8192;

using AddBlock = void (*)(StatisticsState& state, const uint8_t* from, size_t vectors);

template <class Pixel, AddBlock add_block>
void add_integers(StatisticsState& state, const uint8_t* from, size_t count) {
    size_t vectors = count * Pixel::bytes / 32;
    const size_t rest = count - vectors * (32 / Pixel::bytes);
    while (vectors > 0) {
        const size_t now = vectors < block_vectors ? vectors : block_vectors;
        add_block(state, from, now);
        from += 32 * now;
        vectors -= now;
    }
    add_integers_plain<Pixel>(state, from, rest);
}

// Two pixels a byte: up to 15, so that the squares of both and of their neighbours fit into 16 bits.
inline void add_nibble_block(StatisticsState& state, const uint8_t* from, size_t vectors) {
    const __m256i mask = _mm256_set1_epi8(15), one = _mm256_set1_epi16(1), zero = _mm256_setzero_si256();
    __m256i low = mask, high = zero, sum = zero, square = zero;
    for (size_t i = 0; i < vectors; ++i) {
        const __m256i bytes = load_256(from + 32 * i);
        const __m256i a = _mm256_and_si256(bytes, mask), b = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), mask);
        low = _mm256_min_epu8(low, _mm256_min_epu8(a, b));
        high = _mm256_max_epu8(high, _mm256_max_epu8(a, b));
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(_mm256_add_epi8(a, b), zero));
        const __m256i squares = _mm256_add_epi16(_mm256_maddubs_epi16(a, a), _mm256_maddubs_epi16(b, b));
        square = _mm256_add_epi32(square, _mm256_madd_epi16(squares, one));
    }
    uint8_t lows[32], highs[32];
    store_256(lows, low);
    store_256(highs, high);
    for (size_t i = 0; i < 32; ++i) add_range(state, lows[i], highs[i]);
    add_biased(state, 64 * vectors, 0, sum_of_int64(sum), sum_of_uint32(square));
}

inline void add_nibbles(StatisticsState& state, const uint8_t* from, size_t bytes) {
    size_t vectors = bytes / 32;
    const size_t rest = bytes - 32 * vectors;
    while (vectors > 0) {
        const size_t now = vectors < block_vectors ? vectors : block_vectors;
        add_nibble_block(state, from, now);
        from += 32 * now;
        vectors -= now;
    }
    add_nibbles_plain(state, from, rest);
}

// Sixteen doubles, one per lane of the state.
struct Doubles {
    __m256d part[4];
};

inline Doubles load_lane_sums(const double* from) {
    return {{_mm256_loadu_pd(from), _mm256_loadu_pd(from + 4), _mm256_loadu_pd(from + 8), _mm256_loadu_pd(from + 12)}};
}

inline void store_lane_sums(double* to, const Doubles& sums) {
    for (size_t q = 0; q < 4; ++q) _mm256_storeu_pd(to + 4 * q, sums.part[q]);
}

// Unsigned numbers are taken as signed ones, 2^31 lower: AVX2 converts and compares no others.
template <class Pixel>
void add_wide_groups(StatisticsState& state, const uint8_t* from, size_t groups) {
    constexpr int64_t bias = Pixel::is_signed ? 0 : -2147483648ll;
    const __m128i flip = _mm_set1_epi32(static_cast<int>(bias));
    const __m256d pivot = _mm256_set1_pd(state.pivot + static_cast<double>(bias));
    Doubles square = load_lane_sums(state.float_square);
    __m128i low = _mm_set1_epi32(INT32_MAX), high = _mm_set1_epi32(INT32_MIN);
    __m256i sum = _mm256_setzero_si256();
    for (size_t i = 0; i < groups; ++i) {
        for (size_t q = 0; q < 4; ++q) {
            const auto* at = reinterpret_cast<const __m128i*>(from + 64 * i + 16 * q);
            const __m128i y = _mm_xor_si128(_mm_loadu_si128(at), flip);
            low = _mm_min_epi32(low, y);
            high = _mm_max_epi32(high, y);
            sum = _mm256_add_epi64(sum, _mm256_cvtepi32_epi64(y));
            const __m256d distance = _mm256_sub_pd(_mm256_cvtepi32_pd(y), pivot);
            square.part[q] = _mm256_add_pd(square.part[q], _mm256_mul_pd(distance, distance));
        }
    }
    int32_t lows[4], highs[4];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(lows), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(highs), high);
    for (size_t i = 0; i < 4; ++i) add_range(state, lows[i] - bias, highs[i] - bias);
    store_lane_sums(state.float_square, square);
    const uint64_t n = lanes * groups;
    state.count += n;
    state.integer_sum += sum_of_int64(sum) - bias * static_cast<int64_t>(n);
}

inline void load_floats(Float32Pixel, const uint8_t* from, __m256 (&x)[2]) {
    x[0] = _mm256_castsi256_ps(load_256(from));
    x[1] = _mm256_castsi256_ps(load_256(from + 32));
}

inline void load_floats(Float16Pixel, const uint8_t* from, __m256 (&x)[2]) {
    x[0] = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    x[1] = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16)));
}

// On integers: clang 14 moves a comparison of floats that were halves to the halves, and does it one by one.
inline __m256i where_nan(__m256 x) {
    const __m256i magnitude = _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7FFFFFFF));
    return _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7F800000));
}

// The smallest and largest numbers of the lanes, which are floats held as doubles.
inline void load_lane_range(const double* from, __m256 (&range)[2]) {
    const Doubles d = load_lane_sums(from);
    for (size_t h = 0; h < 2; ++h) {
        range[h] = _mm256_set_m128(_mm256_cvtpd_ps(d.part[2 * h + 1]), _mm256_cvtpd_ps(d.part[2 * h]));
    }
}

inline void store_lane_range(double* to, const __m256 (&range)[2]) {
    for (size_t h = 0; h < 2; ++h) {
        _mm256_storeu_pd(to + 8 * h, _mm256_cvtps_pd(_mm256_castps256_ps128(range[h])));
        _mm256_storeu_pd(to + 8 * h + 4, _mm256_cvtps_pd(_mm256_extractf128_ps(range[h], 1)));
    }
}

inline void add_distance(__m256d& sum, __m256d& square, __m128 x, __m256d pivot) {
    const __m256d distance = _mm256_sub_pd(_mm256_cvtps_pd(x), pivot);
    sum = _mm256_add_pd(sum, distance);
    square = _mm256_add_pd(square, _mm256_mul_pd(distance, distance));
}

template <class Pixel>
void add_float_groups(StatisticsState& state, const uint8_t* from, size_t groups) {
    const __m256 pivot_float = _mm256_set1_ps(static_cast<float>(state.pivot));
    const __m256d pivot = _mm256_set1_pd(state.pivot);
    Doubles sum = load_lane_sums(state.float_sum), square = load_lane_sums(state.float_square);
    __m256 low[2], high[2];
    load_lane_range(state.float_min, low);
    load_lane_range(state.float_max, high);
    __m256i nan_count = _mm256_setzero_si256();
    for (size_t i = 0; i < groups; ++i) {
        __m256 x[2];
        load_floats(Pixel(), from + lanes * Pixel::bytes * i, x);
        for (size_t h = 0; h < 2; ++h) {
            // The second operand is the result when one is NaN, and when both are zero.
            low[h] = _mm256_min_ps(x[h], low[h]);
            high[h] = _mm256_max_ps(x[h], high[h]);
            const __m256i is_nan = where_nan(x[h]);
            nan_count = _mm256_sub_epi32(nan_count, is_nan);
            // At a distance of +0, which no sum here notices: they start at +0 and so are never -0.
            const __m256 number = _mm256_blendv_ps(x[h], pivot_float, _mm256_castsi256_ps(is_nan));
            add_distance(sum.part[2 * h], square.part[2 * h], _mm256_castps256_ps128(number), pivot);
            add_distance(sum.part[2 * h + 1], square.part[2 * h + 1], _mm256_extractf128_ps(number, 1), pivot);
        }
    }
    store_lane_sums(state.float_sum, sum);
    store_lane_sums(state.float_square, square);
    store_lane_range(state.float_min, low);
    store_lane_range(state.float_max, high);
    state.count += lanes * groups;
    state.nan_count += sum_of_uint32(nan_count);
}

// Groups whose NaNs a 32-bit sum can count.
constexpr size_t block_groups = 1u << 24;

template <class Pixel>
size_t add_groups(StatisticsState& state, const uint8_t* from, size_t groups) {
    if constexpr (Pixel::is_float) {
        add_float_groups<Pixel>(state, from, groups);
    } else {
        add_wide_groups<Pixel>(state, from, groups);
    }
    return groups * lanes;
}

template <class Pixel>
void add_plain(StatisticsState& state, const uint8_t* from, size_t count) {
    if constexpr (Pixel::is_float) {
        add_floats_plain<Pixel>(state, from, count);
    } else {
        add_wide_integers_plain<Pixel>(state, from, count);
    }
}

// Pixel by pixel to the first lane and to a pivot, then in groups of one pixel per lane.
template <class Pixel>
void add_by_lane(StatisticsState& state, const uint8_t* from, size_t count) {
    size_t done = 0;
    while (done < count && (!state.has_pivot || state.count % lanes != 0)) {
        add_plain<Pixel>(state, from + Pixel::bytes * done++, 1);
    }
    while (count - done >= lanes) {
        const size_t groups = (count - done) / lanes;
        done += add_groups<Pixel>(state, from + Pixel::bytes * done, groups < block_groups ? groups : block_groups);
    }
    add_plain<Pixel>(state, from + Pixel::bytes * done, count - done);
}

void accumulate(StatisticsState& state, const std::byte* pixels, size_t bytes, PixelType type) {
    const uint8_t* from = octets(pixels);
    switch (type) {
        case PixelType::int8:
            return add_integers<Int8Pixel, add_byte_block<Int8Pixel>>(state, from, bytes);
        case PixelType::uint8:
            return add_integers<UInt8Pixel, add_byte_block<UInt8Pixel>>(state, from, bytes);
        case PixelType::uint4:
            return add_nibbles(state, from, bytes);
        case PixelType::int16:
            return add_integers<Int16Pixel, add_word_block<Int16Pixel>>(state, from, bytes / 2);
        case PixelType::uint16:
            return add_integers<UInt16Pixel, add_word_block<UInt16Pixel>>(state, from, bytes / 2);
        case PixelType::int32:
            return add_by_lane<Int32Pixel>(state, from, bytes / 4);
        case PixelType::uint32:
            return add_by_lane<UInt32Pixel>(state, from, bytes / 4);
        case PixelType::float16:
            return add_by_lane<Float16Pixel>(state, from, bytes / 2);
        case PixelType::float32:
            return add_by_lane<Float32Pixel>(state, from, bytes / 4);
        default:
            return;
    }
}

}  // namespace
}  // namespace mrcz::simd
