// Transposes of bits and bytes on vectors. Included after the level has defined
//   Vec, vec_bytes, load, store, load_lanes, store_lanes, zip_low, zip_high, exchange_bits, reverse_words.
// A vector consists of lanes of 16 bytes; zip_low and zip_high interleave the bytes of two vectors within each lane.
#pragma once

#include "simd/level/octets.inl"
#include "simd/level/transpose_plain.inl"

namespace mrcz::simd {
namespace {

// Seen as one array of 16 * Count bytes per lane, `v` is dealt like two halves of a deck of cards: the index of every
// byte rotates left by one bit.
template <size_t Count>
inline void riffle(Vec (&v)[Count]) {
    Vec dealt[Count];
    for (size_t m = 0; m < Count / 2; ++m) {
        dealt[2 * m] = zip_low(v[m], v[m + Count / 2]);
        dealt[2 * m + 1] = zip_high(v[m], v[m + Count / 2]);
    }
    for (size_t m = 0; m < Count; ++m) v[m] = dealt[m];
}

// v[k] becomes byte k of vec_bytes elements of Size bytes each. Rotating the index by the four bits of a place in a
// lane exchanges element and byte; giving each lane its own run of elements keeps all of it within the lanes.
template <size_t Size>
inline void deinterleave(const uint8_t* from, Vec (&v)[Size]) {
    for (size_t r = 0; r < Size; ++r) v[r] = load_lanes(from + 16 * r, 16 * Size);
    for (size_t turn = 0; turn < 4; ++turn) riffle(v);
}

template <size_t Size>
inline void interleave(Vec (&v)[Size], uint8_t* to) {
    for (size_t turn = 1; turn < Size; turn *= 2) riffle(v);
    for (size_t r = 0; r < Size; ++r) store_lanes(to + 16 * r, 16 * Size, v[r]);
}

template <size_t Size>
inline size_t byteshuffle_vectors(const uint8_t* from, uint8_t* to, size_t elements) {
    size_t i = 0;
    for (; i + vec_bytes <= elements; i += vec_bytes) {
        Vec v[Size];
        deinterleave(from + i * Size, v);
        for (size_t k = 0; k < Size; ++k) store(to + k * elements + i, v[k]);
    }
    return i;
}

template <size_t Size>
inline size_t byteunshuffle_vectors(const uint8_t* from, uint8_t* to, size_t elements) {
    size_t i = 0;
    for (; i + vec_bytes <= elements; i += vec_bytes) {
        Vec v[Size];
        for (size_t k = 0; k < Size; ++k) v[k] = load(from + k * elements + i);
        interleave(v, to + i * Size);
    }
    return i;
}

// Byte i of v[j], bit b goes to byte i of v[b], bit j.
inline void transpose_bits(Vec (&v)[8]) {
    for (size_t j = 0; j < 8; j += 2) exchange_bits<1>(v[j], v[j + 1]);
    for (size_t j = 0; j < 8; j += 4) {
        exchange_bits<2>(v[j], v[j + 2]);
        exchange_bits<2>(v[j + 1], v[j + 3]);
    }
    for (size_t j = 0; j < 4; ++j) exchange_bits<4>(v[j], v[j + 4]);
}

// Elements taken at a time: they fill one cache line of every plane. Planes of a block are a power of two apart and
// share a cache set, so a line that is written in two visits may have left the cache in between.
constexpr size_t tile = 512;

// `bytes` are one byte of each element of a tile; plane b of them starts at `planes + b * distance`.
inline void split_bits(const uint8_t* bytes, uint8_t* planes, size_t distance) {
    for (size_t at = 0; at < tile; at += 8 * vec_bytes) {
        Vec v[8];
        deinterleave(bytes + at, v);
        transpose_bits(v);
        for (size_t b = 0; b < 8; ++b) store(planes + b * distance + at / 8, v[b]);
    }
}

inline void join_bits(const uint8_t* planes, size_t distance, uint8_t* bytes) {
    for (size_t at = 0; at < tile; at += 8 * vec_bytes) {
        Vec v[8];
        for (size_t b = 0; b < 8; ++b) v[b] = load(planes + b * distance + at / 8);
        transpose_bits(v);
        interleave(v, bytes + at);
    }
}

size_t bitshuffle_bytes(const uint8_t* from, uint8_t* to, size_t elements) {
    size_t i = 0;
    for (; i + tile <= elements; i += tile) split_bits(from + i, to + i / 8, elements / 8);
    return i;
}

size_t bitunshuffle_bytes(const uint8_t* from, uint8_t* to, size_t elements) {
    size_t i = 0;
    for (; i + tile <= elements; i += tile) join_bits(from + i / 8, elements / 8, to + i);
    return i;
}

template <size_t Size>
size_t bitshuffle_tiles(const uint8_t* from, uint8_t* to, size_t elements) {
    const size_t plane = elements / 8;
    uint8_t bytes[Size * tile];
    size_t i = 0;
    for (; i + tile <= elements; i += tile) {
        byteshuffle_vectors<Size>(from + i * Size, bytes, tile);
        for (size_t k = 0; k < Size; ++k) split_bits(bytes + k * tile, to + 8 * k * plane + i / 8, plane);
    }
    return i;
}

template <size_t Size>
size_t bitunshuffle_tiles(const uint8_t* from, uint8_t* to, size_t elements) {
    const size_t plane = elements / 8;
    uint8_t bytes[Size * tile];
    size_t i = 0;
    for (; i + tile <= elements; i += tile) {
        for (size_t k = 0; k < Size; ++k) join_bits(from + 8 * k * plane + i / 8, plane, bytes + k * tile);
        byteunshuffle_vectors<Size>(bytes, to + i * Size, tile);
    }
    return i;
}

size_t bitshuffle_any(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes) {
    const size_t plane = elements / 8;
    uint8_t bytes[tile];
    size_t i = 0;
    for (; i + tile <= elements; i += tile) {
        for (size_t k = 0; k < element_bytes; ++k) {
            for (size_t e = 0; e < tile; ++e) bytes[e] = from[(i + e) * element_bytes + k];
            split_bits(bytes, to + 8 * k * plane + i / 8, plane);
        }
    }
    return i;
}

size_t bitunshuffle_any(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes) {
    const size_t plane = elements / 8;
    uint8_t bytes[tile];
    size_t i = 0;
    for (; i + tile <= elements; i += tile) {
        for (size_t k = 0; k < element_bytes; ++k) {
            join_bits(from + 8 * k * plane + i / 8, plane, bytes);
            for (size_t e = 0; e < tile; ++e) to[(i + e) * element_bytes + k] = bytes[e];
        }
    }
    return i;
}

size_t bitshuffle_vectors(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes) {
    switch (element_bytes) {
        case 1:
            return bitshuffle_bytes(from, to, elements);
        case 2:
            return bitshuffle_tiles<2>(from, to, elements);
        case 4:
            return bitshuffle_tiles<4>(from, to, elements);
        case 8:
            return bitshuffle_tiles<8>(from, to, elements);
        default:
            return bitshuffle_any(from, to, elements, element_bytes);
    }
}

size_t bitunshuffle_vectors(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes) {
    switch (element_bytes) {
        case 1:
            return bitunshuffle_bytes(from, to, elements);
        case 2:
            return bitunshuffle_tiles<2>(from, to, elements);
        case 4:
            return bitunshuffle_tiles<4>(from, to, elements);
        case 8:
            return bitunshuffle_tiles<8>(from, to, elements);
        default:
            return bitunshuffle_any(from, to, elements, element_bytes);
    }
}

void bitshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    const size_t done = bitshuffle_vectors(octets(from), octets(to), elements, element_bytes);
    bitshuffle_plain(octets(from), octets(to), elements, element_bytes, done);
}

void bitunshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    const size_t done = bitunshuffle_vectors(octets(from), octets(to), elements, element_bytes);
    bitunshuffle_plain(octets(from), octets(to), elements, element_bytes, done);
}

void byteshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    size_t done = 0;
    if (element_bytes == 2) done = byteshuffle_vectors<2>(octets(from), octets(to), elements);
    if (element_bytes == 4) done = byteshuffle_vectors<4>(octets(from), octets(to), elements);
    if (element_bytes == 8) done = byteshuffle_vectors<8>(octets(from), octets(to), elements);
    byteshuffle_plain(octets(from), octets(to), elements, element_bytes, done);
}

void byteunshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    size_t done = 0;
    if (element_bytes == 2) done = byteunshuffle_vectors<2>(octets(from), octets(to), elements);
    if (element_bytes == 4) done = byteunshuffle_vectors<4>(octets(from), octets(to), elements);
    if (element_bytes == 8) done = byteunshuffle_vectors<8>(octets(from), octets(to), elements);
    byteunshuffle_plain(octets(from), octets(to), elements, element_bytes, done);
}

template <size_t Size>
inline size_t byteswap_vectors(uint8_t* data, size_t bytes) {
    size_t at = 0;
    for (; at + vec_bytes <= bytes; at += vec_bytes) store(data + at, reverse_words<Size>(load(data + at)));
    return at;
}

void byteswap(std::byte* data, size_t bytes, size_t word_bytes) {
    if (word_bytes == 1) return;
    size_t done = 0;
    if (word_bytes == 2) done = byteswap_vectors<2>(octets(data), bytes);
    if (word_bytes == 4) done = byteswap_vectors<4>(octets(data), bytes);
    if (word_bytes == 8) done = byteswap_vectors<8>(octets(data), bytes);
    byteswap_plain(octets(data) + done, bytes - done, word_bytes);
}

}  // namespace
}  // namespace mrcz::simd
