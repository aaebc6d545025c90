// A block: pixels, cut into segments, as one stream. States of the lanes, 16-bit words, escaped symbols, low bits,
// pixels out of range, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "codec/rans/table.hpp"

namespace mrcz::codec::rans {

/// Pixels of a block where nothing else is said; the last of a frame is shorter.
inline constexpr std::size_t usual_block_pixels = std::size_t{1} << 20;

struct BlockSizes {
    std::uint64_t words = 0;       ///< of 16 bits
    std::uint64_t escapes = 0;     ///< bytes
    std::uint64_t wild_bytes = 0;  ///< pixels out of range

    /// Bytes of the stream. Cannot wrap while each is below 2^60.
    [[nodiscard]] std::uint64_t stream_bytes(std::size_t lanes, std::size_t low_bytes) const {
        return 4 * lanes + 2 * words + escapes + low_bytes + wild_bytes;
    }
};

template <class AnyTable>
[[nodiscard]] std::size_t low_bytes_of(std::span<const Segment<AnyTable>> segments) {
    std::size_t bytes = 0;
    for (const auto& segment : segments) bytes += segment.table->coding.low_bytes_of(segment.pixels);
    return bytes;
}

/// Memory that codes one block after another.
class BlockEncoder {
  public:
    /// `pixels` are those of the segments together. The parts stay until the next call.
    BlockSizes encode(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes,
                      std::span<const Segment<EncodingTable>> segments, std::span<const std::byte> pixels);
    /// The stream of the last call, `stream_bytes` of them.
    void write(std::span<std::byte> stream) const;

  private:
    static constexpr std::size_t low_slack = 8;

    void encode_segment(const EncodingTable& table, std::span<const std::byte> pixels, std::byte* lows,
                        simd::RansWriter& writer);
    void tokenise_piece(const Coding& coding, std::span<const std::byte> pixels, std::byte* symbols, std::size_t count);
    void keep_low_bits(const Coding& coding, std::span<const std::byte> pixels, std::byte* to);
    void keep_wild(const Coding& coding, std::span<const std::byte> pixels, std::span<const std::byte> symbols);
    void write_wild(const Coding& coding, std::span<const std::byte> pixels);

    const simd::RansKernels* kernels_ = nullptr;
    PixelKind kind_;
    std::size_t lanes_ = 0;
    std::uint32_t states_[simd::rans_most_lanes] = {};
    Buffer symbol_memory_, word_memory_, escape_memory_, value_memory_, low_memory_, packed_memory_;
    std::span<const std::byte> words_, escapes_;  ///< from the last to the first
    std::span<std::byte> lows_;
    Bytes wild_;  ///< piece by piece, from the last to the first
    std::vector<std::size_t> wild_ends_;
};

/// A block to decode: `stream` is exactly as long as `sizes` say, `pixels` are those of the segments together.
struct CodedBlock {
    std::vector<Segment<DecodingTable>> segments;
    BlockSizes sizes;
    std::span<const std::byte> stream;
    std::span<std::byte> pixels;
};

/// Decodes one block after another, or two at once, which is faster than one after the other.
class BlockDecoder {
  public:
    static constexpr std::size_t blocks_at_once = 2;

    BlockDecoder(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes)
        : kernels_(kernels), kind_(kind), lanes_(lanes) {}

    /// Memory of one block's decoding.
    struct Memory {
        Buffer symbols, values, lows;
        std::vector<std::size_t> wild_tuples;
    };

    /// Fills the pixels of 1 or 2 blocks. Throws Error{corrupt, truncated}.
    void decode(std::span<const CodedBlock> blocks, std::span<Memory, blocks_at_once> memory) const;

  private:
    const simd::RansKernels& kernels_;
    const PixelKind& kind_;
    std::size_t lanes_;
};

}  // namespace mrcz::codec::rans
