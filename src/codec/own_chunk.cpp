#include "codec/own_chunk.hpp"

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"
#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "simd/hash.hpp"

namespace mrcz::codec {
namespace {

constexpr std::string_view magic = "MZCK";
constexpr std::size_t hashed_header_bytes = 32;
constexpr std::uint32_t stands_alone = 1;
constexpr std::uint32_t contiguous_rows = 2;
constexpr unsigned model_shift = 16;
constexpr std::uint32_t unused_flags = 0xfffc;

std::uint64_t hash_of(std::span<const std::byte> chunk) {
    simd::Hasher64 hasher;
    hasher.update(chunk.first(hashed_header_bytes));
    hasher.update(chunk.subspan(own_chunk_header_bytes));
    return hasher.digest();
}

void check_flags(std::uint32_t flags, bool is_model) {
    if ((flags & unused_flags) != 0 || (flags & stands_alone) == 0)
        fail(ErrorCode::unsupported, "chunk header: flags ", flags,
             " are unknown to this version; a newer mrcz is needed");
    if (is_model && flags >> model_shift != 0) fail(ErrorCode::corrupt, "chunk header: a model that needs a model");
}

}  // namespace

void seal_own_chunk(std::span<std::byte> chunk, const CodecRow& row, const OwnChunkHeader& header) {
    std::uint32_t flags = stands_alone;
    if (header.has_contiguous_rows) flags |= contiguous_rows;
    if (header.model) flags |= (*header.model + std::uint32_t{1}) << model_shift;
    std::ranges::copy(std::as_bytes(std::span(magic)), chunk.begin());
    store_le(&chunk[4], row.info.id);
    store_le(&chunk[6], row.chunk_version);
    store_le(&chunk[8], header.first);
    store_le(&chunk[16], header.frames);
    store_le(&chunk[20], flags);
    store_le(&chunk[24], std::uint64_t{chunk.size() - own_chunk_header_bytes});
    store_le(&chunk[hashed_header_bytes], hash_of(chunk));
}

OwnChunkHeader parse_own_chunk(std::span<const std::byte> head, const CodecRow& row) {
    Cursor cursor(head.first(std::min(head.size(), own_chunk_header_bytes)), "chunk header");
    if (!std::ranges::equal(cursor.take(magic.size(), "magic"), std::as_bytes(std::span(magic))))
        fail(ErrorCode::corrupt, "chunk header: it does not begin with ", magic);
    const auto id = cursor.read<std::uint16_t>("codec");
    const auto version = cursor.read<std::uint16_t>("version");
    if (id != row.info.id) fail(ErrorCode::corrupt, "chunk header: codec id ", id, ", the file's is ", row.info.id);
    if (version != row.chunk_version)
        fail(ErrorCode::unsupported, "chunk header: version ", version, " of codec ", row.info.name,
             ", this build reads version ", row.chunk_version, "; a newer mrcz is needed");
    OwnChunkHeader header;
    header.first = cursor.read<std::uint64_t>("first frame");
    header.frames = cursor.read<std::uint32_t>("frames");
    const auto flags = cursor.read<std::uint32_t>("flags");
    header.payload_bytes = cursor.read<std::uint64_t>("payload bytes");
    (void)cursor.read<std::uint64_t>("hash");
    if (header.frames > 1)
        fail(ErrorCode::unsupported, "chunk header: ", header.frames,
             " frames in a chunk, this build reads chunks of one; a newer mrcz is needed");
    check_flags(flags, header.is_model());
    if (header.is_model() && header.first >= most_models)
        fail(ErrorCode::corrupt, "chunk header: model ", header.first, ", at most ", most_models - 1, " expected");
    if (header.payload_bytes > UINT64_MAX - own_chunk_header_bytes)
        fail(ErrorCode::corrupt, "chunk header: payload of ", header.payload_bytes, " bytes");
    header.has_contiguous_rows = (flags & contiguous_rows) != 0;
    if (flags >> model_shift != 0) header.model = static_cast<std::uint16_t>((flags >> model_shift) - 1);
    return header;
}

OwnChunk open_own_chunk(std::span<const std::byte> chunk, const CodecRow& row) {
    const OwnChunkHeader header = parse_own_chunk(chunk, row);
    if (header.chunk_bytes() != chunk.size())
        fail(header.chunk_bytes() > chunk.size() ? ErrorCode::truncated : ErrorCode::corrupt,
             "chunk header: payload of ", header.payload_bytes, " bytes, ", chunk.size() - own_chunk_header_bytes,
             " are there");
    if (load_le<std::uint64_t>(&chunk[hashed_header_bytes]) != hash_of(chunk))
        fail(ErrorCode::corrupt, "chunk: its bytes do not match the hash in its header");
    return {header, chunk.subspan(own_chunk_header_bytes)};
}

}  // namespace mrcz::codec
