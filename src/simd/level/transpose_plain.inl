// Transposes of bits and bytes without vectors: the scalar level, and the ends that do not fill a vector elsewhere.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level/octets.inl"

namespace mrcz::simd {
namespace {

// Byte j, bit b of the word goes to byte b, bit j.
inline uint64_t transpose_8x8(uint64_t x) {
    uint64_t t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAu;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCu;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0u;
    return x ^ t ^ (t << 28);
}

// Byte j of the word is at `from + j * stride`, on hosts of either byte order.
inline uint64_t gather_8(const uint8_t* from, size_t stride) {
    uint64_t word = 0;
    for (size_t j = 0; j < 8; ++j) word |= static_cast<uint64_t>(from[j * stride]) << (8 * j);
    return word;
}

inline void scatter_8(uint64_t word, uint8_t* to, size_t stride) {
    for (size_t j = 0; j < 8; ++j) to[j * stride] = static_cast<uint8_t>(word >> (8 * j));
}

// The four functions below do the elements from `first` on.
void bitshuffle_plain(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes, size_t first) {
    const size_t plane = elements / 8;
    for (size_t k = 0; k < element_bytes; ++k) {
        for (size_t i = first / 8; i < plane; ++i) {
            const uint64_t bytes = gather_8(from + 8 * i * element_bytes + k, element_bytes);
            scatter_8(transpose_8x8(bytes), to + 8 * k * plane + i, plane);
        }
    }
}

// GCC vectorises eight single stores to neighbouring bytes into something three times slower than this.
void bitunshuffle_bytes_plain(const uint8_t* from, uint8_t* to, size_t elements, size_t first) {
    const size_t plane = elements / 8;
    for (size_t i = first / 8; i < plane; ++i) {
        const uint64_t bytes = from_little(transpose_8x8(gather_8(from + i, plane)));
        memcpy(to + 8 * i, &bytes, sizeof bytes);
    }
}

void bitunshuffle_plain(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes, size_t first) {
    if (element_bytes == 1) return bitunshuffle_bytes_plain(from, to, elements, first);
    const size_t plane = elements / 8;
    for (size_t k = 0; k < element_bytes; ++k) {
        for (size_t i = first / 8; i < plane; ++i) {
            const uint64_t bits = gather_8(from + 8 * k * plane + i, plane);
            scatter_8(transpose_8x8(bits), to + 8 * i * element_bytes + k, element_bytes);
        }
    }
}

inline void copy(const uint8_t* from, uint8_t* to, size_t bytes) {
    if (bytes != 0) memcpy(to, from, bytes);  // the pointers of no bytes may be null
}

void byteshuffle_plain(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes, size_t first) {
    if (element_bytes == 1) return copy(from, to, elements);
    for (size_t k = 0; k < element_bytes; ++k) {
        for (size_t i = first; i < elements; ++i) to[k * elements + i] = from[i * element_bytes + k];
    }
}

void byteunshuffle_plain(const uint8_t* from, uint8_t* to, size_t elements, size_t element_bytes, size_t first) {
    if (element_bytes == 1) return copy(from, to, elements);
    for (size_t k = 0; k < element_bytes; ++k) {
        for (size_t i = first; i < elements; ++i) to[i * element_bytes + k] = from[k * elements + i];
    }
}

void byteswap_plain(uint8_t* data, size_t bytes, size_t word_bytes) {
    for (size_t at = 0; at + word_bytes <= bytes; at += word_bytes) {
        for (size_t low = at, high = at + word_bytes - 1; low < high; ++low, --high) {
            const uint8_t byte = data[low];
            data[low] = data[high];
            data[high] = byte;
        }
    }
}

}  // namespace
}  // namespace mrcz::simd
