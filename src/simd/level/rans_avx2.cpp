// Compiled with the flags of level/avx2.cpp; the same caution holds.
#include <immintrin.h>

#include "simd/level/rans_bits_bmi2.inl"
#include "simd/level/rans_plain.inl"
#include "simd/level/rans_table.inl"

namespace mrcz::simd {
namespace {

constexpr size_t vector_lanes = 8;

// By a mask of lanes: which of the packed numbers each lane takes, and which lanes go to the front in order.
struct LaneOrders {
    alignas(64) uint64_t expand[256];
    alignas(64) uint64_t compress[256];
};

constexpr LaneOrders make_lane_orders() {
    LaneOrders orders = {};
    for (unsigned mask = 0; mask < 256; ++mask) {
        unsigned taken = 0;
        for (unsigned lane = 0; lane < 8; ++lane) {
            if ((mask >> lane & 1) == 0) continue;
            orders.expand[mask] |= static_cast<uint64_t>(taken) << (8 * lane);
            orders.compress[mask] |= static_cast<uint64_t>(lane) << (8 * taken);
            ++taken;
        }
    }
    return orders;
}

constexpr LaneOrders lane_orders = make_lane_orders();

inline __m256i set(uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
inline __m256i order(uint64_t lanes) { return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(lanes))); }
inline unsigned mask_of(__m256i lanes) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(lanes))); }
// Eight loads: on several processors faster than a gather, on none much slower.
inline __m256i entries_at(const uint32_t* table, __m256i at) {
    const __m128i low = _mm256_castsi256_si128(at), high = _mm256_extracti128_si256(at, 1);
    const auto first = static_cast<uint64_t>(_mm_cvtsi128_si64(low));
    const auto second = static_cast<uint64_t>(_mm_extract_epi64(low, 1));
    const auto third = static_cast<uint64_t>(_mm_cvtsi128_si64(high));
    const auto fourth = static_cast<uint64_t>(_mm_extract_epi64(high, 1));
    const auto entry = [&](uint64_t index) { return static_cast<int>(table[index & UINT32_MAX]); };
    return _mm256_setr_epi32(entry(first), entry(first >> 32), entry(second), entry(second >> 32), entry(third),
                             entry(third >> 32), entry(fourth), entry(fourth >> 32));
}
// The last of eight symbols first.
inline __m256i entries_of_reversed(const uint32_t* table, const uint8_t* symbols) {
    const auto eight = load_word<uint64_t>(symbols);
    const auto entry = [&](unsigned symbol) { return static_cast<int>(table[(eight >> (8 * symbol)) & 255]); };
    return _mm256_setr_epi32(entry(7), entry(6), entry(5), entry(4), entry(3), entry(2), entry(1), entry(0));
}
inline __m256i load_state(const uint32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void store_state(uint32_t* to, __m256i state) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), state); }

// The quotient is exact or wrong by one, either way.
inline __m256i next_state(__m256i state, __m256i frequency, __m256i start) {
    const __m256 share = _mm256_div_ps(_mm256_cvtepi32_ps(state), _mm256_cvtepi32_ps(frequency));
    const __m256i quotient = _mm256_cvttps_epi32(share);
    const __m256i rest = _mm256_sub_epi32(state, _mm256_mullo_epi32(quotient, frequency));
    const __m256i sum =
        _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(quotient, rans_probability_bits), rest), start);
    const __m256i step = _mm256_sub_epi32(set(rans_probability_total), frequency);
    const __m256i too_large = _mm256_srai_epi32(rest, 31);
    const __m256i too_small = _mm256_andnot_si256(_mm256_cmpgt_epi32(frequency, rest), set(UINT32_MAX));
    return _mm256_sub_epi32(_mm256_add_epi32(sum, _mm256_and_si256(too_small, step)),
                            _mm256_and_si256(too_large, step));
}

// While coding, the last lane stands first: it is coded first.
inline __m256i reversed(__m256i lanes) {
    return _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0));
}

__attribute__((noinline, cold)) std::byte* write_escapes(unsigned escapes, const uint8_t* symbols, std::byte* to) {
    for (; escapes != 0; escapes &= escapes - 1)
        *octets(to++) = symbols[vector_lanes - 1 - static_cast<unsigned>(__builtin_ctz(escapes))];
    return to;
}

// The low halves of eight numbers.
inline __m128i low_halves(__m256i v) {
    const __m256i halves = _mm256_and_si256(v, set(0xFFFF));
    const __m256i packed = _mm256_packus_epi32(halves, halves);
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(packed, 0x08));
}

MRCZ_INLINE __m256i encode_vector(__m256i state, const uint32_t* table, const uint8_t* symbols, RansWriter& writer) {
    const __m256i entry = entries_of_reversed(table, symbols);
    const unsigned escapes = mask_of(entry);
    if (__builtin_expect(escapes != 0, 0)) writer.escapes = write_escapes(escapes, symbols, writer.escapes);
    const __m256i low_12 = set(rans_probability_total - 1);
    const __m256i frequency = _mm256_and_si256(_mm256_srli_epi32(entry, rans_encode_frequency_shift), low_12);
    const __m256i limit = _mm256_slli_epi32(frequency, 31 - rans_probability_bits);
    const __m256i not_full = _mm256_cmpgt_epi32(limit, state);
    const unsigned full = ~mask_of(not_full) & 255;
    const __m256i packed = _mm256_permutevar8x32_epi32(state, order(lane_orders.compress[full]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(writer.words), low_halves(packed));
    writer.words += 2 * static_cast<unsigned>(__builtin_popcount(full));
    state = _mm256_blendv_epi8(_mm256_srli_epi32(state, 16), state, not_full);
    return next_state(state, frequency, _mm256_and_si256(entry, low_12));
}

// Unrolled by recursion, before the compiler decides what stays in registers.
template <size_t Vectors>
MRCZ_INLINE void encode_round(__m256i* state, const uint32_t* table, const uint8_t* symbols, RansWriter& to) {
    constexpr size_t last = Vectors - 1;
    state[last] = encode_vector(state[last], table, symbols + last * vector_lanes, to);
    if constexpr (last != 0) encode_round<last>(state, table, symbols, to);
}

template <size_t Vectors>
void encode_rounds(uint32_t* states, const uint32_t* table, const uint8_t* symbols, size_t count, RansWriter* writer) {
    RansWriter to = *writer;
    __m256i state[Vectors];
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) state[v] = reversed(load_state(states + v * vector_lanes));
    for (size_t at = count; at > 0;) {
        at -= Vectors * vector_lanes;
        encode_round<Vectors>(state, table, symbols + at, to);
    }
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) store_state(states + v * vector_lanes, reversed(state[v]));
    *writer = to;
}

void encode(uint32_t* states, size_t lanes, const uint32_t* table, const std::byte* symbols, size_t count,
            RansWriter* writer) {
    const size_t whole = count & ~(lanes - 1);
    encode_symbols_plain(states, lanes, table, octets(symbols), whole, count, *writer);
    (lanes == 64   ? encode_rounds<8>
     : lanes == 32 ? encode_rounds<4>
                   : encode_rounds<2>)(states, table, octets(symbols), whole, writer);
}

struct Decoded {
    __m256i state, entry;
};

inline Decoded take_symbol(__m256i state, const uint32_t* table) {
    const __m256i low_12 = set(rans_probability_total - 1);
    const __m256i entry = entries_at(table, _mm256_and_si256(state, low_12));
    const __m256i frequency = _mm256_srli_epi32(entry, rans_decode_frequency_shift);
    const __m256i place = _mm256_and_si256(_mm256_srli_epi32(entry, rans_decode_place_shift), low_12);
    const __m256i whole = _mm256_srli_epi32(state, rans_probability_bits);
    return {_mm256_add_epi32(_mm256_mullo_epi32(frequency, whole), place), entry};
}

// States stay below 2^31, so that signed comparison does.
inline __m256i take_words(__m256i state, const std::byte*& next) {
    const __m256i low = _mm256_cmpgt_epi32(set(rans_low), state);
    const unsigned mask = mask_of(low);
    const __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(next)));
    next += 2 * static_cast<unsigned>(__builtin_popcount(mask));
    const __m256i spread = _mm256_permutevar8x32_epi32(words, order(lane_orders.expand[mask]));
    return _mm256_blendv_epi8(state, _mm256_or_si256(_mm256_slli_epi32(state, 16), spread), low);
}

// The lowest bytes of sixteen numbers.
inline void store_symbols(uint8_t* to, __m256i a, __m256i b) {
    const __m256i low_8 = set(255);
    const __m256i words = _mm256_packus_epi32(_mm256_and_si256(a, low_8), _mm256_and_si256(b, low_8));
    const __m256i bytes = _mm256_packus_epi16(words, words);  // a0-3 b0-3 … in each half
    const __m256i ordered = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 0, 0, 0, 0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(ordered));
}

template <size_t Vectors>
size_t decode_rounds(uint32_t* states, const uint32_t* table, RansReader* reader, uint8_t* symbols, size_t count) {
    constexpr size_t lanes = Vectors * vector_lanes;
    __m256i state[Vectors];
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) state[v] = load_state(states + v * vector_lanes);
    const std::byte* next = reader->next;
    const std::byte* const limit = reader->limit;
    size_t done = 0;
    for (; done + lanes <= count && next <= limit; done += lanes) {
        Decoded decoded[Vectors];
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v) decoded[v] = take_symbol(state[v], table);
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v) state[v] = take_words(decoded[v].state, next);
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; v += 2)
            store_symbols(symbols + done + v * vector_lanes, decoded[v].entry, decoded[v + 1].entry);
    }
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) store_state(states + v * vector_lanes, state[v]);
    reader->next = next;
    return done;
}

size_t decode(uint32_t* states, size_t lanes, const uint32_t* table, RansReader* reader, std::byte* symbols,
              size_t count) {
    const auto rounds = lanes == 64 ? decode_rounds<8> : lanes == 32 ? decode_rounds<4> : decode_rounds<2>;
    return rounds(states, table, reader, octets(symbols), count);
}

// The states of two streams would not stay in registers.
constexpr decltype(RansKernels::decode_two) decode_two = nullptr;

void mark_from(const std::byte* bytes, size_t count, unsigned least, uint64_t* marks) {
    const __m256i from = _mm256_set1_epi8(static_cast<char>(least));
    const auto marks_of_32 = [&](const uint8_t* at) {
        const __m256i of = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(of, from), of)));
    };
    size_t at = 0;
    for (; at + 64 <= count; at += 64) {
        const uint8_t* here = octets(bytes) + at;
        *marks++ = marks_of_32(here) | static_cast<uint64_t>(marks_of_32(here + 32)) << 32;
    }
    if (at < count) *marks = marks_of(octets(bytes) + at, count - at, least);
}

}  // namespace

const RansKernels avx2_rans = MRCZ_RANS_KERNELS;

}  // namespace mrcz::simd
