// Packing of low bits with BMI2.
#include <immintrin.h>

#include "simd/level/rans_plain.inl"

namespace mrcz::simd {
namespace {

inline uint64_t low_bits_of_bytes(unsigned bits) { return 0x0101010101010101u * ((1u << bits) - 1); }

void pack_bits(const std::byte* bytes, std::byte* packed, size_t groups, unsigned bits) {
    const uint64_t mask = low_bits_of_bytes(bits);
    for (size_t group = 0; group < groups; ++group)
        store_word(octets(packed) + group * bits,
                   static_cast<uint64_t>(_pext_u64(load_word<uint64_t>(octets(bytes) + 8 * group), mask)));
}

void unpack_bits(const std::byte* packed, std::byte* bytes, size_t groups, unsigned bits) {
    const uint64_t mask = low_bits_of_bytes(bits);
    for (size_t group = 0; group < groups; ++group)
        store_word(octets(bytes) + 8 * group,
                   static_cast<uint64_t>(_pdep_u64(load_word<uint64_t>(octets(packed) + group * bits), mask)));
}

}  // namespace
}  // namespace mrcz::simd
