#include "foreign/zarr_codecs.hpp"

#include <algorithm>
#include <array>

#include "base/crc32c.hpp"
#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"
#include "io/byte_stream.hpp"
#include "io/sources.hpp"
#include "io/unwrap.hpp"

namespace mrcz::foreign {
namespace {

using Undo = Bytes (*)(const ZarrCodec& codec, Bytes stored, std::uint64_t bytes);

class NoObserver final : public codec::FrameObserver {
    void observe(std::span<const std::byte>) override {}
};

Bytes undo_blosc(const ZarrCodec&, Bytes stored, std::uint64_t bytes) {
    Bytes out(static_cast<std::size_t>(bytes));
    const auto decoder = codec::blosc::prepare_decoder({PixelType::int8, bytes, nullptr});
    const auto scratch = decoder->make_scratch();
    NoObserver nobody;
    decoder->decode(stored, out, *scratch, nobody);
    return out;
}

Bytes undo_stream(io::Unwrap unwrap, Bytes stored, std::uint64_t bytes) {
    const auto stream = unwrap(io::stream_of(make_memory_source(std::move(stored), "chunk"), 0));
    Bytes out(static_cast<std::size_t>(bytes));
    std::array<std::byte, 1> more{};
    const std::size_t got = io::read_up_to(*stream, out);
    if (got != out.size() || io::read_up_to(*stream, more) != 0)
        fail(ErrorCode::corrupt, "the chunk holds ", got == out.size() ? "more" : "fewer", " than ", bytes, " bytes");
    return out;
}

Bytes undo_zstd(const ZarrCodec&, Bytes stored, std::uint64_t bytes) {
    return undo_stream(io::unwrap_zstd, std::move(stored), bytes);
}
Bytes undo_gzip(const ZarrCodec&, Bytes stored, std::uint64_t bytes) {
    return undo_stream(io::unwrap_gzip, std::move(stored), bytes);
}
Bytes undo_bzip2(const ZarrCodec&, Bytes stored, std::uint64_t bytes) {
    return undo_stream(io::unwrap_bzip2, std::move(stored), bytes);
}

/// As numcodecs has it: u32 of the size, then one block.
Bytes undo_lz4(const ZarrCodec&, Bytes stored, std::uint64_t bytes) {
    constexpr std::size_t head = 4;
    if (stored.size() < head || load_le<std::uint32_t>(stored.data()) != bytes)
        fail(ErrorCode::corrupt, "the head of its lz4 data does not say ", bytes, " bytes");
    Bytes out(static_cast<std::size_t>(bytes));
    if (!codec::blosc::make_lz4_decompressor()->decompress(std::span(stored).subspan(head), out))
        fail(ErrorCode::corrupt, "its lz4 data are damaged");
    return out;
}

Bytes undo_crc32c(const ZarrCodec&, Bytes stored, std::uint64_t) {
    constexpr std::size_t crc_bytes = 4;
    if (stored.size() < crc_bytes) fail(ErrorCode::truncated, "the chunk ends before its CRC-32C");
    const auto content = std::span(stored).first(stored.size() - crc_bytes);
    if (crc32c(content) != load_le<std::uint32_t>(content.data() + content.size()))
        fail(ErrorCode::corrupt, "its CRC-32C does not hold");
    stored.resize(content.size());
    return stored;
}

/// Bytes of all first places, then of all second ones, ...; what is no whole element stands behind.
Bytes undo_shuffle(const ZarrCodec& codec, Bytes stored, std::uint64_t bytes) {
    if (stored.size() != bytes) fail(ErrorCode::corrupt, "the chunk holds ", stored.size(), " bytes, not ", bytes);
    const auto size = static_cast<std::size_t>(std::clamp<std::uint64_t>(codec.element_bytes, 1, bytes));
    const std::size_t count = stored.size() / size;
    Bytes out = stored;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t place = 0; place < size; ++place) out[i * size + place] = stored[place * count + i];
    return out;
}

struct Row {
    std::string_view name;
    Undo undo;
};

constexpr std::array<Row, 12> table{{
    {"blosc", undo_blosc},
    {"zstd", undo_zstd},
    {"gzip", undo_gzip},
    {"zlib", undo_gzip},
    {"bz2", undo_bzip2},
    {"lz4", undo_lz4},
    {"crc32c", undo_crc32c},
    {"shuffle", undo_shuffle},
    {"numcodecs.zlib", undo_gzip},
    {"numcodecs.bz2", undo_bzip2},
    {"numcodecs.lz4", undo_lz4},
    {"numcodecs.shuffle", undo_shuffle},
}};

const Row* find(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Row::name);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace

void require_known(const std::vector<ZarrCodec>& codecs) {
    for (const ZarrCodec& codec : codecs)
        if (find(codec.name) == nullptr)
            fail(ErrorCode::unsupported, "its chunks are coded with ", printable(codec.name),
                 ", which mrcz does not have; blosc, zstd, gzip, zlib, bz2, lz4, shuffle and crc32c are read");
}

Bytes undo_codecs(const std::vector<ZarrCodec>& codecs, Bytes stored, std::uint64_t bytes) {
    for (auto codec = codecs.rbegin(); codec != codecs.rend(); ++codec)
        stored = find(codec->name)->undo(*codec, std::move(stored), bytes);
    if (stored.size() != bytes) fail(ErrorCode::corrupt, "the chunk holds ", stored.size(), " bytes, not ", bytes);
    return stored;
}

}  // namespace mrcz::foreign
