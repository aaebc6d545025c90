#include "codec/blosc/chunk.hpp"

#include <algorithm>

#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "codec/blosc/blosc2_header.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t most_streams = 16;
constexpr std::size_t least_stream_elements = 128;

ChunkHeader read_header(Cursor& cursor) {
    ChunkHeader header;
    header.version = cursor.read<std::uint8_t>("version");
    header.format_minor = cursor.read<std::uint8_t>("format version");
    header.flags = cursor.read<std::uint8_t>("flags");
    header.type_bytes = cursor.read<std::uint8_t>("type size");
    header.frame_bytes = cursor.read<std::uint32_t>("nbytes");
    header.block_bytes = cursor.read<std::uint32_t>("blocksize");
    header.chunk_bytes = cursor.read<std::uint32_t>("cbytes");
    const bool is_known = header.is_blosc2() || (header.version == format_version && (header.flags & flag::delta) == 0);
    if (!is_known)
        fail(ErrorCode::corrupt, "chunk header: version ", header.version, " and flags ", hex(header.flags),
             " are no chunk of c-blosc (version 2) or c-blosc2 (version 5)");
    if (header.chunk_bytes < header.bytes_of_header())
        fail(ErrorCode::corrupt, "chunk header: cbytes ", header.chunk_bytes, ", less than its own ",
             header.bytes_of_header(), " bytes");
    return header;
}

void check_sizes(const ChunkHeader& header, std::size_t available, std::uint64_t expected_frame_bytes) {
    if (header.chunk_bytes > available)
        fail(ErrorCode::truncated, "chunk header: cbytes ", header.chunk_bytes, ", but only ", available,
             " bytes are there");
    if (header.chunk_bytes > largest_frame + header_bytes)
        fail(ErrorCode::corrupt, "chunk header: cbytes ", header.chunk_bytes, ", more than c-blosc can count");
    if (header.frame_bytes != expected_frame_bytes)
        fail(ErrorCode::corrupt, "chunk header: nbytes ", header.frame_bytes, ", but a frame of this file has ",
             expected_frame_bytes, " bytes");
    if (header.type_bytes == 0 || header.block_bytes == 0 || header.block_bytes > largest_frame)
        fail(ErrorCode::corrupt, "chunk header: type size ", header.type_bytes, ", blocksize ", header.block_bytes);
    if (header.is_copied() && header.chunk_bytes != header.frame_bytes + header.bytes_of_header())
        fail(ErrorCode::corrupt, "chunk header: cbytes ", header.chunk_bytes, " for a copy of ", header.frame_bytes,
             " bytes");
}

/// c-blosc2 leaves out what is left over in each block; it cannot decode such chunks either.
void check_blocks_hold_pixels(const ChunkHeader& header) {
    if (header.is_blosc2() && header.block_bytes < header.frame_bytes && header.block_bytes % header.type_bytes != 0)
        fail(ErrorCode::corrupt, "chunk header: blocksize ", header.block_bytes, " is no whole number of pixels of ",
             header.type_bytes,
             " bytes: c-blosc2 stored them without the last bytes of every block, and they are lost; where the pixels "
             "are still at hand, write the file again with one thread or without backend='blosc2'");
}

/// The filter that the flags of version 2 name.
Filter filter_in(const ChunkHeader& header) {
    if ((header.flags & flag::bitshuffle) != 0) return Filter::bitshuffle;
    return (header.flags & flag::byteshuffle) != 0 ? Filter::byteshuffle : Filter::none;
}

std::vector<std::uint32_t> read_block_starts(Cursor& cursor, const ChunkHeader& header) {
    const std::size_t count = header.block_count();
    const std::uint64_t first = header.bytes_of_header() + std::uint64_t{4} * count;
    if (first > header.chunk_bytes)
        fail(ErrorCode::corrupt, "chunk header: ", count, " blocks do not fit into cbytes ", header.chunk_bytes);
    std::vector<std::uint32_t> starts(count);
    for (std::uint32_t& start : starts) {
        start = cursor.read<std::uint32_t>("block start");
        if (start < first || start >= header.chunk_bytes)
            fail(ErrorCode::corrupt, "block start ", start, " lies outside the chunk of ", header.chunk_bytes,
                 " bytes");
    }
    return starts;
}

}  // namespace

std::size_t ChunkHeader::block_count() const noexcept {
    return static_cast<std::size_t>((std::uint64_t{frame_bytes} + block_bytes - 1) / block_bytes);
}

std::size_t ChunkHeader::bytes_of_block(std::size_t index) const noexcept {
    return std::min<std::size_t>(block_bytes, frame_bytes - index * block_bytes);
}

std::size_t ChunkHeader::streams_of_block(std::size_t index) const noexcept {
    if ((flags & flag::whole_blocks) != 0 || bytes_of_block(index) != block_bytes) return 1;
    const bool split = is_blosc2() || (type_bytes <= most_streams && block_bytes / type_bytes >= least_stream_elements);
    return split ? type_bytes : 1;
}

void write_header(const ChunkHeader& header, std::span<std::byte> chunk) {
    chunk[0] = std::byte{header.version};
    chunk[1] = std::byte{header.format_minor};
    chunk[2] = std::byte{header.flags};
    chunk[3] = std::byte{header.type_bytes};
    store_le(&chunk[4], header.frame_bytes);
    store_le(&chunk[8], header.block_bytes);
    store_le(&chunk[12], header.chunk_bytes);
}

ParsedChunk parse_chunk(std::span<const std::byte> chunk, std::uint64_t expected_frame_bytes) {
    Cursor cursor(chunk, "chunk");
    ParsedChunk parsed;
    parsed.header = read_header(cursor);
    check_sizes(parsed.header, chunk.size(), expected_frame_bytes);
    if (parsed.header.is_blosc2()) {
        const Blosc2Header more = read_blosc2_header(cursor, parsed.header);
        parsed.filter = more.filter;
        parsed.repeated = more.repeated;
    } else {
        parsed.filter = filter_in(parsed.header);
    }
    if (parsed.header.type_bytes == 1 && parsed.filter == Filter::byteshuffle) parsed.filter = Filter::none;
    if (parsed.repeated == Repeated::value &&
        parsed.header.chunk_bytes - blosc2_header_bytes < parsed.header.type_bytes)
        fail(ErrorCode::corrupt, "chunk header: cbytes ", parsed.header.chunk_bytes, " without the value of ",
             parsed.header.type_bytes, " bytes that repeats");
    if (parsed.header.is_copied() || parsed.repeated != Repeated::nothing) return parsed;
    check_blocks_hold_pixels(parsed.header);
    parsed.block_starts = read_block_starts(cursor, parsed.header);
    return parsed;
}

std::uint64_t chunk_size(std::span<const std::byte> head) {
    Cursor cursor(head, "chunk header");
    return read_header(cursor).chunk_bytes;
}

std::uint64_t frame_size(std::span<const std::byte> head) {
    Cursor cursor(head, "chunk header");
    return read_header(cursor).frame_bytes;
}

}  // namespace mrcz::codec::blosc
