// std::byte as the integers that intrinsics and arithmetic want. base/byte_order.hpp has inline functions that the
// linker could share with the program, see level_table.hpp.
#pragma once

#include <stdint.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

inline const uint8_t* octets(const std::byte* bytes) { return reinterpret_cast<const uint8_t*>(bytes); }
inline uint8_t* octets(std::byte* bytes) { return reinterpret_cast<uint8_t*>(bytes); }

// To and from little-endian words.
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
template <class Word>
inline Word from_little(Word word) {
    return word;
}
#else
inline uint16_t from_little(uint16_t word) { return __builtin_bswap16(word); }
inline uint32_t from_little(uint32_t word) { return __builtin_bswap32(word); }
inline uint64_t from_little(uint64_t word) { return __builtin_bswap64(word); }
#endif

}  // namespace
}  // namespace mrcz::simd
