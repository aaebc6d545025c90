#include "container/target_coding.hpp"

#include "base/buffer.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::container {

CodecOptions coding_of(const MrcFile& file) {
    CodecOptions options;
    if (file.codec().id == 0 || file.codec_row().has_own_chunks() || file.frames() == 0) return options;
    const ChunkRange range = file.range_of(0);
    Buffer memory;
    const auto bytes = memory.first(static_cast<std::size_t>(range.bytes));
    file.source().read_at(range.offset, bytes);
    const codec::blosc::ParsedChunk chunk = codec::blosc::parse_chunk(bytes, file.layout().frame_bytes);
    if (chunk.header.is_copied()) return options;
    options.filter = chunk.filter;
    if (chunk.header.block_bytes < file.layout().frame_bytes) options.block_bytes = chunk.header.block_bytes;
    return options;
}

CodecOptions merged(CodecOptions wanted, const CodecOptions& found) noexcept {
    if (wanted.filter == Filter::automatic) wanted.filter = found.filter;
    if (wanted.block_bytes == 0) wanted.block_bytes = found.block_bytes;
    return wanted;
}

}  // namespace mrcz::container
