// The rans codec's loops that need no intrinsics: compiled for every level, they become vectors where that pays.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level/octets.inl"
#include "simd/rans.hpp"

// The states of all lanes are to stay in registers.
#if defined(__clang__)
#define MRCZ_UNROLL _Pragma("unroll")
#else
#define MRCZ_UNROLL _Pragma("GCC unroll 8")
#endif

#define MRCZ_INLINE inline __attribute__((always_inline))

namespace mrcz::simd {
namespace {

template <class Word>
inline Word load_word(const uint8_t* from) {
    Word word;
    memcpy(&word, from, sizeof word);
    return from_little(word);
}

template <class Word>
inline void store_word(uint8_t* to, Word word) {
    word = from_little(word);
    memcpy(to, &word, sizeof word);
}

inline uint8_t from_little(uint8_t byte) { return byte; }

// One symbol, forwards and backwards: what the vectors compute lane by lane.
inline void encode_symbol(uint32_t& state, uint32_t entry, uint8_t symbol, RansWriter& writer) {
    if ((entry & rans_escapes) != 0) *octets(writer.escapes++) = symbol;
    const uint32_t frequency = (entry >> rans_encode_frequency_shift) & (rans_probability_total - 1);
    if (state >= frequency << (31 - rans_probability_bits)) {
        store_word(octets(writer.words), static_cast<uint16_t>(state));
        writer.words += 2;
        state >>= 16;
    }
    const uint32_t quotient = state / frequency;
    state =
        (quotient << rans_probability_bits) + (state - quotient * frequency) + (entry & (rans_probability_total - 1));
}

inline void encode_symbols_plain(uint32_t* states, size_t lanes, const uint32_t* table, const uint8_t* symbols,
                                 size_t first, size_t end, RansWriter& writer) {
    while (end > first) {
        --end;
        encode_symbol(states[end & (lanes - 1)], table[symbols[end]], symbols[end], writer);
    }
}

void reverse_words(const std::byte* from, std::byte* to, size_t count) {
    for (size_t i = 0; i < count; ++i)
        store_word(octets(to) + 2 * i, load_word<uint16_t>(octets(from) + 2 * (count - 1 - i)));
}

inline uint8_t decode_symbol(uint32_t& state, const uint32_t* table, const std::byte*& words) {
    const uint32_t entry = table[state & (rans_probability_total - 1)];
    uint32_t x = (entry >> rans_decode_frequency_shift) * (state >> rans_probability_bits) +
                 ((entry >> rans_decode_place_shift) & (rans_probability_total - 1));
    if (x < rans_low) {
        x = x << 16 | load_word<uint16_t>(octets(words));
        words += 2;
    }
    state = x;
    return static_cast<uint8_t>(entry);
}

inline uint64_t marks_of(const uint8_t* bytes, size_t count, unsigned least) {
    uint64_t marks = 0;
    for (size_t i = 0; i < count; ++i) marks |= static_cast<uint64_t>(bytes[i] >= least) << i;
    return marks;
}

void pack_quads(const std::byte* values, std::byte* tuples, size_t count) {
    const uint8_t* from = octets(values);
    uint8_t* to = octets(tuples);
    for (size_t i = 0; i < count; ++i) {
        const uint32_t four = load_word<uint32_t>(from + 4 * i);
        const uint32_t packed = four | four >> 6 | four >> 12 | four >> 18;
        to[i] = static_cast<uint8_t>((four & 0xFCFCFCFC) == 0 ? packed : 255u);
    }
}

void pack_pairs(const std::byte* values, std::byte* tuples, size_t count) {
    const uint8_t* from = octets(values);
    uint8_t* to = octets(tuples);
    for (size_t i = 0; i < count; ++i) {
        const uint16_t two = load_word<uint16_t>(from + 2 * i);
        const uint16_t packed = static_cast<uint16_t>(two | two >> 4);
        to[i] = static_cast<uint8_t>((two & 0xF0F0) == 0 ? packed : 255u);
    }
}

void unpack_quads(const std::byte* tuples, std::byte* values, size_t count) {
    const uint8_t* from = octets(tuples);
    uint8_t* to = octets(values);
    for (size_t i = 0; i < count; ++i) {
        const uint32_t four = from[i];
        store_word(to + 4 * i, (four | four << 6 | four << 12 | four << 18) & 0x03030303u);
    }
}

void unpack_pairs(const std::byte* tuples, std::byte* values, size_t count) {
    const uint8_t* from = octets(tuples);
    uint8_t* to = octets(values);
    for (size_t i = 0; i < count; ++i) {
        const uint16_t two = from[i];
        store_word(to + 2 * i, static_cast<uint16_t>((two | two << 4) & 0x0F0F));
    }
}

template <class Pixel>
void reduce_pixels(const std::byte* pixels, std::byte* values, size_t count, uint32_t origin, unsigned shift) {
    const uint8_t* from = octets(pixels);
    uint8_t* to = octets(values);
    const Pixel least = static_cast<Pixel>(origin);
    for (size_t i = 0; i < count; ++i) {
        const Pixel above = static_cast<Pixel>(load_word<Pixel>(from + i * sizeof(Pixel)) - least);
        const Pixel reduced = static_cast<Pixel>(above >> shift);
        to[i] = static_cast<uint8_t>(reduced < 255 ? reduced : static_cast<Pixel>(255));
    }
}

template <class Pixel>
void expand_values(const std::byte* values, const std::byte* lows, std::byte* pixels, size_t count, uint32_t origin,
                   unsigned shift) {
    const uint8_t* from = octets(values);
    const uint8_t* low = octets(lows);
    uint8_t* to = octets(pixels);
    const Pixel least = static_cast<Pixel>(origin);
    if (shift == 0) {
        for (size_t i = 0; i < count; ++i)
            store_word(to + i * sizeof(Pixel), static_cast<Pixel>(static_cast<Pixel>(from[i]) + least));
    } else {
        for (size_t i = 0; i < count; ++i)
            store_word(to + i * sizeof(Pixel),
                       static_cast<Pixel>((static_cast<Pixel>(from[i]) << shift) + static_cast<Pixel>(low[i]) + least));
    }
}

template <class Pixel>
void low_bytes(const std::byte* pixels, std::byte* lows, size_t count, uint32_t origin) {
    const uint8_t* from = octets(pixels);
    uint8_t* to = octets(lows);
    const Pixel least = static_cast<Pixel>(origin);
    for (size_t i = 0; i < count; ++i) to[i] = static_cast<uint8_t>(load_word<Pixel>(from + i * sizeof(Pixel)) - least);
}

// Four tables, so that equal neighbours do not wait for each other.
void count_bytes(const std::byte* bytes, size_t size, uint32_t* counts) {
    uint32_t parts[4][256];
    memset(parts, 0, sizeof parts);
    const uint8_t* from = octets(bytes);
    size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        const uint64_t eight = load_word<uint64_t>(from + at);
        for (unsigned k = 0; k < 8; ++k) ++parts[k % 4][(eight >> (8 * k)) & 255];
    }
    for (; at < size; ++at) ++parts[0][from[at]];
    for (size_t value = 0; value < 256; ++value)
        counts[value] += parts[0][value] + parts[1][value] + parts[2][value] + parts[3][value];
}

}  // namespace
}  // namespace mrcz::simd
