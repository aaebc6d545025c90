// The rans codec's kernels every processor has, and those the others are tested against.
#include "simd/level/rans_plain.inl"
#include "simd/level/rans_table.inl"

namespace mrcz::simd {
namespace {

void encode(uint32_t* states, size_t lanes, const uint32_t* table, const std::byte* symbols, size_t count,
            RansWriter* writer) {
    encode_symbols_plain(states, lanes, table, octets(symbols), 0, count, *writer);
}

size_t decode(uint32_t* states, size_t lanes, const uint32_t* table, RansReader* reader, std::byte* symbols,
              size_t count) {
    uint8_t* to = octets(symbols);
    const std::byte* next = reader->next;
    size_t done = 0;
    while (done + lanes <= count && next <= reader->limit) {
        for (size_t lane = 0; lane < lanes; ++lane) to[done + lane] = decode_symbol(states[lane], table, next);
        done += lanes;
    }
    reader->next = next;
    return done;
}

constexpr decltype(RansKernels::decode_two) decode_two = nullptr;

void mark_from(const std::byte* bytes, size_t count, unsigned least, uint64_t* marks) {
    for (size_t at = 0; at < count; at += 64)
        *marks++ = marks_of(octets(bytes) + at, count - at < 64 ? count - at : 64, least);
}

void pack_bits(const std::byte* bytes, std::byte* packed, size_t groups, unsigned bits) {
    const uint64_t mask = (1u << bits) - 1;
    for (size_t group = 0; group < groups; ++group) {
        uint64_t word = 0;
        for (unsigned k = 0; k < 8; ++k) word |= (octets(bytes)[8 * group + k] & mask) << (k * bits);
        store_word(octets(packed) + group * bits, word);
    }
}

void unpack_bits(const std::byte* packed, std::byte* bytes, size_t groups, unsigned bits) {
    const uint64_t mask = (1u << bits) - 1;
    for (size_t group = 0; group < groups; ++group) {
        const uint64_t word = load_word<uint64_t>(octets(packed) + group * bits);
        for (unsigned k = 0; k < 8; ++k)
            octets(bytes)[8 * group + k] = static_cast<uint8_t>((word >> (k * bits)) & mask);
    }
}

}  // namespace

const RansKernels scalar_rans = MRCZ_RANS_KERNELS;

}  // namespace mrcz::simd
