#include "container/chunk_walk.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "codec/own_chunk.hpp"

namespace mrcz::container {

WalkedChunk chunk_at(const ByteSource& source, const codec::CodecRow& row, std::uint64_t at, std::uint64_t end) {
    const std::size_t head_bytes = row.has_own_chunks() ? codec::own_chunk_header_bytes : codec::chunk_head_bytes;
    std::array<std::byte, codec::own_chunk_header_bytes> room{};
    const auto head = std::span(room).first(static_cast<std::size_t>(std::min<std::uint64_t>(head_bytes, end - at)));
    source.read_at(at, head);
    WalkedChunk chunk{{at, 0}, {}};
    if (row.has_own_chunks()) {
        const codec::OwnChunkHeader header = codec::parse_own_chunk(head, row);
        if (header.is_model()) chunk.model = static_cast<std::uint16_t>(header.first);
        chunk.range.bytes = header.chunk_bytes();
    } else {
        chunk.range.bytes = row.chunk_size(head);
    }
    if (chunk.range.bytes > end - at)
        fail(ErrorCode::truncated, "chunk header: payload of ", chunk.range.bytes, " bytes exceeds the data's end at ",
             hex(end));
    return chunk;
}

}  // namespace mrcz::container
