#include "kit/chunks.hpp"

#include <algorithm>

#include "codec/blosc/chunk.hpp"

namespace mrcz::kit {

using namespace codec::blosc;

Bytes blosc2_header(std::uint8_t flags, std::uint8_t type_bytes, std::size_t frame_bytes, std::size_t block_bytes,
                    std::size_t chunk_bytes, const Blosc2Extras& extras) {
    Bytes header(header_bytes);
    write_header({.version = blosc2_version,
                  .format_minor = 1,
                  .flags = static_cast<std::uint8_t>(flags | flag::long_header),
                  .type_bytes = type_bytes,
                  .frame_bytes = static_cast<std::uint32_t>(frame_bytes),
                  .block_bytes = static_cast<std::uint32_t>(block_bytes),
                  .chunk_bytes = static_cast<std::uint32_t>(chunk_bytes)},
                 header);
    for (const int byte : {int{extras.first_filter}, 0, 0, 0, 0, int{extras.filter}, int{extras.codec}, 0})
        header.push_back(static_cast<std::byte>(byte));
    header.resize(blosc2_header_bytes - 1);
    header.push_back(std::byte{extras.flags});
    return header;
}

Bytes as_blosc2(const Bytes& chunk) {
    constexpr std::uint32_t moved = blosc2_header_bytes - header_bytes;
    const auto flags = std::to_integer<std::uint8_t>(chunk[2]);
    const auto filter = static_cast<std::uint8_t>((flags & flag::bitshuffle) != 0    ? 2
                                                  : (flags & flag::byteshuffle) != 0 ? 1
                                                                                     : 0);
    const auto frame_bytes = load_le<std::uint32_t>(&chunk[4]);
    const auto block_bytes = load_le<std::uint32_t>(&chunk[8]);
    Bytes out = blosc2_header(flags, std::to_integer<std::uint8_t>(chunk[3]), frame_bytes, block_bytes,
                              chunk.size() + moved, {.filter = filter});
    append(out, std::span(chunk).subspan(header_bytes));
    if ((flags & flag::copied) != 0) return out;
    for (std::size_t block = 0; block < (frame_bytes + block_bytes - 1) / block_bytes; ++block) {
        std::byte* const start = &out[blosc2_header_bytes + 4 * block];
        store_le(start, load_le<std::uint32_t>(start) + moved);
    }
    return out;
}

Bytes chunk_around(unsigned format, std::span<const std::byte> stream, std::size_t frame_bytes) {
    constexpr std::size_t first_stream = header_bytes + 4;
    Bytes chunk(header_bytes);
    write_header({.version = format_version,
                  .format_minor = 1,
                  .flags = static_cast<std::uint8_t>(flag::whole_blocks | (format << flag::format_shift)),
                  .type_bytes = 1,
                  .frame_bytes = static_cast<std::uint32_t>(frame_bytes),
                  .block_bytes = static_cast<std::uint32_t>(frame_bytes),
                  .chunk_bytes = static_cast<std::uint32_t>(first_stream + 4 + stream.size())},
                 chunk);
    append_le(chunk, static_cast<std::uint32_t>(first_stream));
    append_le(chunk, static_cast<std::uint32_t>(stream.size()));
    append(chunk, stream);
    return chunk;
}

Bytes as_snappy(std::span<const std::byte> bytes) {
    constexpr std::size_t most_literals = 60;
    Bytes stream;
    for (std::size_t left = bytes.size(); left > 0; left >>= 7)
        stream.push_back(static_cast<std::byte>((left & 127) | (left > 127 ? 128 : 0)));
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), most_literals));
        stream.push_back(static_cast<std::byte>((piece.size() - 1) << 2));
        append(stream, piece);
        bytes = bytes.subspan(piece.size());
    }
    return stream;
}

}  // namespace mrcz::kit
