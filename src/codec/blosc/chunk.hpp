// The c-blosc buffer: a header, the places of its blocks, the blocks. Written as c-blosc 1 has it (version 2, 16 bytes
// of header); read as c-blosc2 has it (version 5, 32 bytes) too. Parsed and checked field by field here; nothing behind
// this file sees a number that was not checked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mrcz/codec.hpp"

namespace mrcz::codec::blosc {

inline constexpr std::size_t header_bytes = 16;
inline constexpr std::size_t blosc2_header_bytes = 32;
inline constexpr std::uint8_t format_version = 2;
inline constexpr std::uint8_t blosc2_version = 5;
/// c-blosc counts in signed 32-bit numbers, its own header included.
inline constexpr std::uint64_t largest_frame = 0x7fffffff - header_bytes;

namespace flag {
inline constexpr std::uint8_t byteshuffle = 0x01;
inline constexpr std::uint8_t copied = 0x02;  ///< the frame follows as it is, unfiltered
inline constexpr std::uint8_t bitshuffle = 0x04;
inline constexpr std::uint8_t delta = 0x08;                            ///< of c-blosc2; reserved in version 2
inline constexpr std::uint8_t long_header = byteshuffle | bitshuffle;  ///< of c-blosc2; filters stand in the header
inline constexpr std::uint8_t whole_blocks = 0x10;  ///< blocks are not split into one stream per byte of a pixel
inline constexpr unsigned format_shift = 5;
}  // namespace flag

struct ChunkHeader {
    std::uint8_t version = format_version;
    std::uint8_t format_minor = 1;
    std::uint8_t flags = 0;
    std::uint8_t type_bytes = 1;
    std::uint32_t frame_bytes = 0;
    std::uint32_t block_bytes = 0;
    std::uint32_t chunk_bytes = 0;  ///< header included

    [[nodiscard]] bool is_blosc2() const noexcept { return version == blosc2_version; }
    [[nodiscard]] bool is_copied() const noexcept { return (flags & flag::copied) != 0; }
    [[nodiscard]] std::size_t bytes_of_header() const noexcept {
        return is_blosc2() ? blosc2_header_bytes : header_bytes;
    }
    [[nodiscard]] unsigned format() const noexcept { return flags >> flag::format_shift; }
    [[nodiscard]] std::size_t block_count() const noexcept;
    /// Bytes of block `index` before compression: block_bytes, or what is left for the last.
    [[nodiscard]] std::size_t bytes_of_block(std::size_t index) const noexcept;
    /// Streams a block is stored as.
    [[nodiscard]] std::size_t streams_of_block(std::size_t index) const noexcept;
};

void write_header(const ChunkHeader& header, std::span<std::byte> chunk);

/// What c-blosc2 keeps of a frame that is one value over and over, in place of blocks.
enum class Repeated : std::uint8_t { nothing, zeros, nans, value };

/// A chunk whose header and block places were checked against its size.
struct ParsedChunk {
    ChunkHeader header;
    Filter filter = Filter::none;
    Repeated repeated = Repeated::nothing;
    std::vector<std::uint32_t> block_starts;  ///< empty for a copied chunk, and for a repeated value
};

/// Throws Error{truncated, corrupt, unsupported} naming field and offset.
[[nodiscard]] ParsedChunk parse_chunk(std::span<const std::byte> chunk, std::uint64_t expected_frame_bytes);

/// Bytes of the chunk that begins with `head`; checks what 16 bytes can tell.
[[nodiscard]] std::uint64_t chunk_size(std::span<const std::byte> head);
/// Bytes of the frame in it, as it says.
[[nodiscard]] std::uint64_t frame_size(std::span<const std::byte> head);

}  // namespace mrcz::codec::blosc
