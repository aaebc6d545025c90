// Compiled with the flags of level/avx512.cpp; the same caution holds.
#include <immintrin.h>

#include "simd/level/rans_bits_bmi2.inl"
#include "simd/level/rans_plain.inl"
#include "simd/level/rans_table.inl"

namespace mrcz::simd {
namespace {

constexpr size_t vector_lanes = 16;

inline __m512i set(uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }

// While coding, the last lane stands first: it is coded first.
inline __m512i reversed(__m512i lanes) {
    return _mm512_permutexvar_epi32(_mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), lanes);
}

inline __m512i load_reversed_symbols(const uint8_t* from) {
    const __m128i order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_cvtepu8_epi32(_mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), order));
}

// Rounding toward zero leaves the quotient of a state below 2^31 exact or one too small.
inline __m512i next_state(__m512i state, __m512i frequency, __m512i start) {
    constexpr int down = _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC;
    const __m512 share =
        _mm512_div_round_ps(_mm512_cvt_roundepi32_ps(state, down), _mm512_cvtepi32_ps(frequency), down);
    const __m512i quotient = _mm512_cvttps_epi32(share);
    const __m512i rest = _mm512_sub_epi32(state, _mm512_mullo_epi32(quotient, frequency));
    // (q << 12) + r, and where r is too large by one frequency: ((q + 1) << 12) + r - f.
    const __m512i sum =
        _mm512_add_epi32(_mm512_add_epi32(_mm512_slli_epi32(quotient, rans_probability_bits), rest), start);
    const __mmask16 one_too_small = _mm512_cmpge_epi32_mask(rest, frequency);
    return _mm512_mask_add_epi32(sum, one_too_small, sum, _mm512_sub_epi32(set(rans_probability_total), frequency));
}

// Lane 0 of the mask is the last of `count` symbols.
__attribute__((noinline, cold)) std::byte* write_escapes(unsigned escapes, const uint8_t* symbols, size_t count,
                                                         std::byte* to) {
    for (; escapes != 0; escapes &= escapes - 1)
        *octets(to++) = symbols[count - 1 - static_cast<unsigned>(__builtin_ctz(escapes))];
    return to;
}

MRCZ_INLINE __m512i encode_vector(__m512i state, __m512i frequency, __m512i start, RansWriter& writer) {
    const __m512i limit = _mm512_slli_epi32(frequency, 31 - rans_probability_bits);
    const __mmask16 full = _mm512_cmpge_epi32_mask(state, limit);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(writer.words),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(full, state)));
    writer.words += 2 * static_cast<unsigned>(__builtin_popcount(full));
    state = _mm512_mask_srli_epi32(state, full, state, 16);
    return next_state(state, frequency, start);
}

// The encoding table as it is.
struct GatheredTable {
    static constexpr size_t vectors = 1;
    const uint32_t* entries;

    explicit GatheredTable(const uint32_t* table) : entries(table) {}

    MRCZ_INLINE void encode(__m512i* state, const uint8_t* symbols, RansWriter& writer) const {
        const __m512i entry = _mm512_i32gather_epi32(load_reversed_symbols(symbols), entries, 4);
        const __mmask16 escapes = _mm512_movepi32_mask(entry);
        if (__builtin_expect(escapes != 0, 0))
            writer.escapes = write_escapes(escapes, symbols, vector_lanes, writer.escapes);
        const __m512i low_12 = set(rans_probability_total - 1);
        const __m512i frequency = _mm512_and_si512(_mm512_srli_epi32(entry, rans_encode_frequency_shift), low_12);
        state[0] = encode_vector(state[0], frequency, _mm512_and_si512(entry, low_12), writer);
    }
};

// 256 numbers of 16 bits, looked up 32 at a time without a gather.
struct WordTable {
    __m512i part[8];

    MRCZ_INLINE __m512i at(__m512i symbols, __mmask32 bit_6, __mmask32 bit_7) const {
        const __m512i first = _mm512_permutex2var_epi16(part[0], symbols, part[1]);
        const __m512i second = _mm512_permutex2var_epi16(part[2], symbols, part[3]);
        const __m512i third = _mm512_permutex2var_epi16(part[4], symbols, part[5]);
        const __m512i fourth = _mm512_permutex2var_epi16(part[6], symbols, part[7]);
        return _mm512_mask_blend_epi16(bit_7, _mm512_mask_blend_epi16(bit_6, first, second),
                                       _mm512_mask_blend_epi16(bit_6, third, fourth));
    }
};

// The encoding table in registers, or near them.
struct PermutedTable {
    static constexpr size_t vectors = 2;
    WordTable frequencies;  // the highest bit tells what escapes
    WordTable starts;

    explicit PermutedTable(const uint32_t* table) {
        const __m512i low_12 = set(rans_probability_total - 1);
        for (size_t k = 0; k < 8; ++k) {
            __m256i frequency[2], start[2];
            for (size_t half = 0; half < 2; ++half) {
                const __m512i entry = _mm512_loadu_si512(table + 32 * k + 16 * half);
                const __m512i escapes = _mm512_slli_epi32(_mm512_srli_epi32(entry, 31), 15);
                const __m512i of = _mm512_and_si512(_mm512_srli_epi32(entry, rans_encode_frequency_shift), low_12);
                frequency[half] = _mm512_cvtepi32_epi16(_mm512_or_si512(of, escapes));
                start[half] = _mm512_cvtepi32_epi16(_mm512_and_si512(entry, low_12));
            }
            frequencies.part[k] = _mm512_inserti64x4(_mm512_castsi256_si512(frequency[0]), frequency[1], 1);
            starts.part[k] = _mm512_inserti64x4(_mm512_castsi256_si512(start[0]), start[1], 1);
        }
    }

    MRCZ_INLINE void encode(__m512i* state, const uint8_t* symbols, RansWriter& writer) const {
        const __m256i order =
            _mm256_broadcastsi128_si256(_mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(symbols));
        const __m512i from_last =
            _mm512_cvtepu8_epi16(_mm256_permute4x64_epi64(_mm256_shuffle_epi8(bytes, order), 0x4E));
        const __mmask32 bit_6 = _mm512_test_epi16_mask(from_last, _mm512_set1_epi16(64));
        const __mmask32 bit_7 = _mm512_test_epi16_mask(from_last, _mm512_set1_epi16(128));
        const __m512i flagged = frequencies.at(from_last, bit_6, bit_7);
        const __m512i start = starts.at(from_last, bit_6, bit_7);
        const __mmask32 escapes = _mm512_movepi16_mask(flagged);
        if (__builtin_expect(escapes != 0, 0))
            writer.escapes = write_escapes(escapes, symbols, 2 * vector_lanes, writer.escapes);
        const __m512i frequency = _mm512_and_si512(flagged, _mm512_set1_epi16(rans_probability_total - 1));
        state[1] = encode_vector(state[1], _mm512_cvtepu16_epi32(_mm512_castsi512_si256(frequency)),
                                 _mm512_cvtepu16_epi32(_mm512_castsi512_si256(start)), writer);
        state[0] = encode_vector(state[0], _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(frequency, 1)),
                                 _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(start, 1)), writer);
    }
};

// Unrolled by recursion, before the compiler decides what stays in registers.
template <size_t Vectors, class Table>
MRCZ_INLINE void encode_round(__m512i* state, const Table& table, const uint8_t* symbols, RansWriter& to) {
    constexpr size_t before = Vectors - Table::vectors;
    table.encode(state + before, symbols + before * vector_lanes, to);
    if constexpr (before != 0) encode_round<before>(state, table, symbols, to);
}

template <size_t Vectors, class Table>
void encode_rounds(uint32_t* states, const uint32_t* entries, const uint8_t* symbols, size_t count,
                   RansWriter* writer) {
    const Table table(entries);
    RansWriter to = *writer;
    __m512i state[Vectors];
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) state[v] = reversed(_mm512_loadu_si512(states + v * vector_lanes));
    for (size_t at = count; at > 0;) {
        at -= Vectors * vector_lanes;
        encode_round<Vectors>(state, table, symbols + at, to);
    }
    MRCZ_UNROLL
    for (size_t v = 0; v < Vectors; ++v) _mm512_storeu_si512(states + v * vector_lanes, reversed(state[v]));
    *writer = to;
}

void encode(uint32_t* states, size_t lanes, const uint32_t* table, const std::byte* symbols, size_t count,
            RansWriter* writer) {
    const size_t whole = count & ~(lanes - 1);
    encode_symbols_plain(states, lanes, table, octets(symbols), whole, count, *writer);
    const auto rounds = lanes == 64   ? encode_rounds<4, PermutedTable>
                        : lanes == 32 ? encode_rounds<2, PermutedTable>
                                      : encode_rounds<1, GatheredTable>;
    rounds(states, table, octets(symbols), whole, writer);
}

struct Decoded {
    __m512i state, entry;
};

inline __m512i gathered_entries(const uint32_t* table, __m512i at) { return _mm512_i32gather_epi32(at, table, 4); }

inline __m128i four_entries(const uint32_t* table, __m128i at) {
    const auto first = static_cast<uint64_t>(_mm_cvtsi128_si64(at));
    const auto second = static_cast<uint64_t>(_mm_extract_epi64(at, 1));
    const auto entry = [&](uint64_t index) { return static_cast<int>(table[index & UINT32_MAX]); };
    return _mm_setr_epi32(entry(first), entry(first >> 32), entry(second), entry(second >> 32));
}
inline __m512i loaded_entries(const uint32_t* table, __m512i at) {
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(four_entries(table, _mm512_castsi512_si128(at))),
                                                four_entries(table, _mm512_extracti32x4_epi32(at, 1)), 1);
    const __m256i high =
        _mm256_inserti128_si256(_mm256_castsi128_si256(four_entries(table, _mm512_extracti32x4_epi32(at, 2))),
                                four_entries(table, _mm512_extracti32x4_epi32(at, 3)), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// Vectors take turns between a gather and single loads, which wait for different parts of a processor.
template <bool Gathers>
inline Decoded take_symbol(__m512i state, const uint32_t* table) {
    const __m512i low_12 = set(rans_probability_total - 1);
    const __m512i slot = _mm512_and_si512(state, low_12);
    const __m512i entry = Gathers ? gathered_entries(table, slot) : loaded_entries(table, slot);
    const __m512i frequency = _mm512_srli_epi32(entry, rans_decode_frequency_shift);
    const __m512i place = _mm512_and_si512(_mm512_srli_epi32(entry, rans_decode_place_shift), low_12);
    const __m512i whole = _mm512_srli_epi32(state, rans_probability_bits);
    return {_mm512_add_epi32(_mm512_mullo_epi32(frequency, whole), place), entry};
}

inline __m512i take_words(__m512i state, const std::byte*& next) {
    const __mmask16 low = _mm512_cmplt_epu32_mask(state, set(rans_low));
    const __m512i words = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(next)));
    next += 2 * static_cast<unsigned>(__builtin_popcount(low));
    return _mm512_mask_or_epi32(state, low, _mm512_slli_epi32(state, 16), _mm512_maskz_expand_epi32(low, words));
}

// Bytes of words fetched before they are needed, some twenty rounds: every lane waits for the words of those before it.
constexpr size_t words_ahead = 1024;

// The states of a stream while they stay in registers.
template <size_t Vectors>
struct Lanes {
    __m512i state[Vectors];
    const std::byte* next;

    MRCZ_INLINE Lanes(const uint32_t* states, const RansReader& reader) : next(reader.next) {
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v) state[v] = _mm512_loadu_si512(states + v * vector_lanes);
    }

    template <bool Gathers>
    MRCZ_INLINE void round(const uint32_t* table, uint8_t* symbols) {
        _mm_prefetch(reinterpret_cast<const char*>(next) + words_ahead, _MM_HINT_T0);
        Decoded decoded[Vectors];
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v)
            decoded[v] =
                Gathers && v % 2 == 0 ? take_symbol<true>(state[v], table) : take_symbol<false>(state[v], table);
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v) {
            state[v] = take_words(decoded[v].state, next);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(symbols + v * vector_lanes),
                             _mm512_cvtepi32_epi8(decoded[v].entry));
        }
    }

    MRCZ_INLINE void store(uint32_t* states, RansReader& reader) const {
        MRCZ_UNROLL
        for (size_t v = 0; v < Vectors; ++v) _mm512_storeu_si512(states + v * vector_lanes, state[v]);
        reader.next = next;
    }
};

template <size_t Vectors>
size_t decode_rounds(uint32_t* states, const uint32_t* table, RansReader* reader, uint8_t* symbols, size_t count) {
    constexpr size_t lanes = Vectors * vector_lanes;
    Lanes<Vectors> here(states, *reader);
    const std::byte* const limit = reader->limit;
    size_t done = 0;
    for (; done + lanes <= count && here.next <= limit; done += lanes) here.template round<true>(table, symbols + done);
    here.store(states, *reader);
    return done;
}

size_t decode(uint32_t* states, size_t lanes, const uint32_t* table, RansReader* reader, std::byte* symbols,
              size_t count) {
    const auto rounds = lanes == 64 ? decode_rounds<4> : lanes == 32 ? decode_rounds<2> : decode_rounds<1>;
    return rounds(states, table, reader, octets(symbols), count);
}

// A stream's next round waits for its states; meanwhile there is the other's. What is left to wait for are loads, and
// single ones make fewest.
template <size_t Vectors>
size_t decode_two_rounds(const RansStream& first, const RansStream& second, size_t count) {
    constexpr size_t lanes = Vectors * vector_lanes;
    Lanes<Vectors> a(first.states, *first.reader), b(second.states, *second.reader);
    const std::byte *const limit_a = first.reader->limit, *const limit_b = second.reader->limit;
    size_t done = 0;
    for (; done + lanes <= count && a.next <= limit_a && b.next <= limit_b; done += lanes) {
        a.template round<false>(first.table, octets(first.symbols) + done);
        b.template round<false>(second.table, octets(second.symbols) + done);
    }
    a.store(first.states, *first.reader);
    b.store(second.states, *second.reader);
    return done;
}

size_t decode_two(const RansStream& first, const RansStream& second, size_t lanes, size_t count) {
    const auto rounds = lanes == 64 ? decode_two_rounds<4> : lanes == 32 ? decode_two_rounds<2> : decode_two_rounds<1>;
    return rounds(first, second, count);
}

void mark_from(const std::byte* bytes, size_t count, unsigned least, uint64_t* marks) {
    const __m512i from = _mm512_set1_epi8(static_cast<char>(least));
    size_t at = 0;
    for (; at + 64 <= count; at += 64) *marks++ = _mm512_cmpge_epu8_mask(_mm512_loadu_si512(octets(bytes) + at), from);
    if (at < count) *marks = marks_of(octets(bytes) + at, count - at, least);
}

}  // namespace

const RansKernels avx512_rans = MRCZ_RANS_KERNELS;

}  // namespace mrcz::simd
