#include "container/chunk_index.hpp"

#include "base/crc32c.hpp"

namespace mrcz::container {
namespace {

bool rises_within(const std::vector<ChunkRange>& ranges, std::uint64_t first, std::uint64_t end) {
    for (const ChunkRange& range : ranges) {
        if (range.offset < first || range.offset > end || range.bytes > end - range.offset) return false;
        first = range.offset + range.bytes;
    }
    return true;
}

}  // namespace

void append_entry(Bytes& index, const ChunkRange& range) {
    append_le(index, range.offset);
    append_le(index, range.bytes);
}

void seal_index(Bytes& index) { append_le(index, crc32c(index)); }

std::optional<std::vector<ChunkRange>> read_index(const ByteSource& source, std::uint64_t chunks,
                                                  std::uint64_t data_offset, std::uint64_t data_end) {
    if (chunks > source.size() / index_entry_bytes) return std::nullopt;
    const std::uint64_t size = index_bytes(chunks);
    if (source.size() < data_offset || source.size() - data_offset < size) return std::nullopt;
    Bytes bytes(static_cast<std::size_t>(size));
    source.read_at(source.size() - size, bytes);
    const auto entries = std::span(bytes).first(bytes.size() - index_crc_bytes);
    if (crc32c(entries) != load_le<std::uint32_t>(bytes.data() + entries.size())) return std::nullopt;
    std::vector<ChunkRange> ranges(static_cast<std::size_t>(chunks));
    for (std::size_t i = 0; i < ranges.size(); ++i)
        ranges[i] = {load_le<std::uint64_t>(&entries[i * index_entry_bytes]),
                     load_le<std::uint64_t>(&entries[i * index_entry_bytes + 8])};
    if (!rises_within(ranges, data_offset, data_end)) return std::nullopt;
    return ranges;
}

}  // namespace mrcz::container
