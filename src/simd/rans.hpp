// The loops of the rans codec (spec/codec-rans.md): entropy coding of bytes in interleaved lanes, and pixels to and
// from those bytes. Every level makes the same bytes. Pointers and sizes only, for the reason level_table.hpp gives.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/kernels.hpp"

namespace mrcz::simd {

inline constexpr unsigned rans_probability_bits = 12;
inline constexpr std::uint32_t rans_probability_total = 1u << rans_probability_bits;
/// A state lies in [low, 2^31); it gives 16 bits away or takes them in when it leaves.
inline constexpr std::uint32_t rans_low = 1u << 15;
inline constexpr std::size_t rans_most_lanes = 64;

/// Entry of a decoding table, by the low 12 bits of a state: frequency << 20 | place within the symbol << 8 | symbol.
/// Entry of an encoding table, by symbol: escapes << 31 | frequency << 12 | start. Frequencies are 1 to 4094.
inline constexpr unsigned rans_decode_frequency_shift = 20, rans_decode_place_shift = 8;
inline constexpr unsigned rans_encode_frequency_shift = 12;
inline constexpr std::uint32_t rans_escapes = 1u << 31;

/// Words and escaped symbols in the order they are made, which is the reverse of that they are read in.
struct RansWriter {
    std::byte* words;
    std::byte* escapes;
};

/// Words from `next` on. A round of n lanes takes at most 2*n bytes; that many must be there from any place up to and
/// including `limit` on.
struct RansReader {
    const std::byte* next;
    const std::byte* limit;
};

/// What decode() takes, of one of two streams that have nothing to do with each other.
struct RansStream {
    std::uint32_t* states;
    const std::uint32_t* table;
    RansReader* reader;
    std::byte* symbols;
};

struct RansKernels {
    /// Codes the symbols from the last to the first; symbol i belongs to lane i modulo `lanes` (16, 32 or 64). A symbol
    /// whose entry escapes is written to the escapes, too. There must be room for a word and an escape per symbol, and
    /// for 32 bytes more behind the words.
    void (*encode)(std::uint32_t* states, std::size_t lanes, const std::uint32_t* table, const std::byte* symbols,
                   std::size_t count, RansWriter* writer);
    /// Words, not bytes, in reverse.
    void (*reverse_words)(const std::byte* from, std::byte* to, std::size_t count);
    /// Decodes whole rounds until fewer than `lanes` symbols are left or the reader is past its limit. Returns the
    /// number of symbols decoded.
    std::size_t (*decode)(std::uint32_t* states, std::size_t lanes, const std::uint32_t* table, RansReader* reader,
                          std::byte* symbols, std::size_t count);
    /// As decode(), as many rounds of either stream, until either's reader is past its limit: a stream alone waits for
    /// its own states most of the time. Null where a level gains nothing by it.
    std::size_t (*decode_two)(const RansStream& first, const RansStream& second, std::size_t lanes, std::size_t count);
    /// A bit for every byte, the first in the lowest: whether it is `least` or above. Fills whole words.
    void (*mark_from)(const std::byte* bytes, std::size_t count, unsigned least, std::uint64_t* marks);

    /// Bytes to tuples, as many as `tuples`: four of 2 bits, two of 4 bits, the first in the lowest bits. A tuple with
    /// a byte out of range becomes 255.
    void (*pack_quads)(const std::byte* values, std::byte* tuples, std::size_t count);
    void (*pack_pairs)(const std::byte* values, std::byte* tuples, std::size_t count);
    void (*unpack_quads)(const std::byte* tuples, std::byte* values, std::size_t count);
    void (*unpack_pairs)(const std::byte* tuples, std::byte* values, std::size_t count);

    /// By the logarithm of a pixel's bytes. Reducing: (pixel - origin) >> shift, at most 255; expanding: the pixel
    /// whose lowest `shift` (at most 8) bits are those of `lows`, which may be null where shift is 0.
    void (*reduce[3])(const std::byte* pixels, std::byte* values, std::size_t count, std::uint32_t origin,
                      unsigned shift);
    void (*expand[3])(const std::byte* values, const std::byte* lows, std::byte* pixels, std::size_t count,
                      std::uint32_t origin, unsigned shift);
    /// The lowest byte of pixel - origin.
    void (*lows[3])(const std::byte* pixels, std::byte* lows, std::size_t count, std::uint32_t origin);

    /// The lowest `bits` (1 to 8) of eight bytes as `bits` bytes, the first byte's in the lowest bits, and back;
    /// `groups` times eight. Packed, eight bytes must be there (are written) from the beginning of the last group on.
    void (*pack_bits)(const std::byte* bytes, std::byte* packed, std::size_t groups, unsigned bits);
    void (*unpack_bits)(const std::byte* packed, std::byte* bytes, std::size_t groups, unsigned bits);

    /// Adds to counts[256].
    void (*count_bytes)(const std::byte* bytes, std::size_t size, std::uint32_t* counts);
};

/// The kernels of a level, which must not be above best_level().
[[nodiscard]] const RansKernels& rans_kernels(Level level) noexcept;
/// The kernels of best_level().
[[nodiscard]] const RansKernels& rans_kernels() noexcept;

extern const RansKernels scalar_rans;
#if defined(MRCZ_SIMD_X86)
extern const RansKernels avx2_rans;
extern const RansKernels avx512_rans;
#endif

}  // namespace mrcz::simd
