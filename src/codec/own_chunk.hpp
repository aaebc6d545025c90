// The header before every chunk of the project's own codecs (specification, section 3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "codec/codec.hpp"

namespace mrcz::codec {

inline constexpr std::size_t own_chunk_header_bytes = 40;

struct OwnChunkHeader {
    std::uint64_t first = 0;                            ///< frame; in a model chunk the model's own number, from 0
    std::uint32_t frames = 1;                           ///< 1; 0 in a model chunk
    bool has_contiguous_rows = false;                   ///< of 4-bit pixels, see RowPacking
    std::optional<std::uint16_t> model = std::nullopt;  ///< number of the model that the frame needs
    std::uint64_t payload_bytes = 0;

    [[nodiscard]] bool is_model() const noexcept { return frames == 0; }
    [[nodiscard]] std::uint64_t chunk_bytes() const noexcept { return own_chunk_header_bytes + payload_bytes; }
};

/// Numbers of models are below this.
inline constexpr std::uint64_t most_models = 65535;

/// Writes the header into the first bytes of `chunk`, behind which its payload stands; payload_bytes is taken from it.
void seal_own_chunk(std::span<std::byte> chunk, const CodecRow& row, const OwnChunkHeader& header);

/// Of a chunk that begins with `head`, which may be all that is known of it. Throws Error{truncated, corrupt,
/// unsupported}.
[[nodiscard]] OwnChunkHeader parse_own_chunk(std::span<const std::byte> head, const CodecRow& row);

struct OwnChunk {
    OwnChunkHeader header;
    std::span<const std::byte> payload;
};
/// The parts of a whole chunk, whose hash holds.
[[nodiscard]] OwnChunk open_own_chunk(std::span<const std::byte> chunk, const CodecRow& row);

}  // namespace mrcz::codec
