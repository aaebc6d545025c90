// The level every processor has, and the one the others are tested against.
#include "simd/level/convert.inl"
#include "simd/level/convert_half_plain.inl"
#include "simd/level/octets.inl"
#include "simd/level/rounding.inl"
#include "simd/level/statistics_plain.inl"
#include "simd/level/sums_plain.inl"
#include "simd/level/transpose_plain.inl"
#include "simd/level/xxh3.inl"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

uint64_t neighbours_equal(const uint8_t* from) {
    uint64_t equal = 0;
    for (unsigned k = 0; k < 64; ++k) equal |= static_cast<uint64_t>(from[k] == *(from + k - 1)) << k;
    return equal;
}

}  // namespace
}  // namespace mrcz::simd

#include "simd/level/runs.inl"

namespace mrcz::simd {
namespace {

void bitshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    bitshuffle_plain(octets(from), octets(to), elements, element_bytes, 0);
}

void bitunshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    bitunshuffle_plain(octets(from), octets(to), elements, element_bytes, 0);
}

void byteshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    byteshuffle_plain(octets(from), octets(to), elements, element_bytes, 0);
}

void byteunshuffle(const std::byte* from, std::byte* to, size_t elements, size_t element_bytes) {
    byteunshuffle_plain(octets(from), octets(to), elements, element_bytes, 0);
}

void byteswap(std::byte* data, size_t bytes, size_t word_bytes) {
    if (word_bytes > 1) byteswap_plain(octets(data), bytes, word_bytes);
}

void accumulate(StatisticsState& state, const std::byte* pixels, size_t bytes, PixelType type) {
    const uint8_t* from = octets(pixels);
    switch (type) {
        case PixelType::int8:
            return add_integers_plain<Int8Pixel>(state, from, bytes);
        case PixelType::uint8:
            return add_integers_plain<UInt8Pixel>(state, from, bytes);
        case PixelType::uint4:
            return add_nibbles_plain(state, from, bytes);
        case PixelType::int16:
            return add_integers_plain<Int16Pixel>(state, from, bytes / 2);
        case PixelType::uint16:
            return add_integers_plain<UInt16Pixel>(state, from, bytes / 2);
        case PixelType::int32:
            return add_wide_integers_plain<Int32Pixel>(state, from, bytes / 4);
        case PixelType::uint32:
            return add_wide_integers_plain<UInt32Pixel>(state, from, bytes / 4);
        case PixelType::float16:
            return add_floats_plain<Float16Pixel>(state, from, bytes / 2);
        case PixelType::float32:
            return add_floats_plain<Float32Pixel>(state, from, bytes / 4);
        default:
            return;
    }
}

}  // namespace

const LevelTable scalar_table = {
    Level::scalar, "scalar",     bitshuffle,    bitunshuffle,  byteshuffle,   byteunshuffle,  byteswap,      accumulate,
    find_runs,     convert_run,  unpack_halves, pack_halves,   add_run,       add_halves,     add_float16,   round_run,
    xxh3_64,       hash64_reset, hash64_update, hash64_digest, hash128_reset, hash128_update, hash128_digest};

}  // namespace mrcz::simd
