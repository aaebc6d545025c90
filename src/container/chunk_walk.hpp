// Going through compressed data chunk by chunk, by what the chunks say of themselves.
#pragma once

#include <optional>

#include "codec/codec.hpp"
#include "container/chunk_index.hpp"

namespace mrcz::container {

struct WalkedChunk {
    ChunkRange range;
    std::optional<std::uint16_t> model;  ///< its number, where it is no frame's chunk
};

/// The chunk at `at`. Throws Error{truncated, corrupt, unsupported} unless all of it lies before `end`.
[[nodiscard]] WalkedChunk chunk_at(const ByteSource& source, const codec::CodecRow& row, std::uint64_t at,
                                   std::uint64_t end);

}  // namespace mrcz::container
