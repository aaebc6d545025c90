// The model as the payload of a model chunk.
#include "codec/rans/frame.hpp"
#include "codec/rans/model.hpp"
#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::uint8_t format_version = 1;
constexpr std::uint8_t flag_base = 1, flag_histograms = 2;

FrameSetup map_setup(const PixelKind& kind, std::size_t pixels) {
    FrameSetup setup;
    setup.kind = kind;
    setup.pixels = pixels;
    setup.kernels = &simd::rans_kernels();
    return setup;
}

/// What a map's value is expected to be from those before it.
template <class Value>
std::uint32_t expected(std::span<const Value> map, std::size_t row, std::size_t at) {
    const bool has_left = at % row != 0, has_above = at >= row;
    if (has_left && has_above) return static_cast<std::uint32_t>((std::uint64_t{map[at - 1]} + map[at - row]) / 2);
    if (has_left) return map[at - 1];
    return has_above ? map[at - row] : 0;
}

/// Differences to what was expected, around the middle of the range, coded as a frame.
template <class Value>
Bytes write_map(std::span<const Value> map, const PixelKind& kind, std::size_t row) {
    const std::uint32_t middle = (kind.mask() >> 1) + 1;
    Bytes differences(map.size() << kind.log2_bytes);
    with_word(kind, [&](auto word) {
        using Word = decltype(word);
        for (std::size_t at = 0; at < map.size(); ++at)
            store_le(&differences[at * sizeof(Word)], static_cast<Word>(map[at] - expected(map, row, at) + middle));
    });
    const FrameSetup setup = map_setup(kind, map.size());
    Bytes payload(payload_bound(setup));
    EncodeMemory memory;
    payload.resize(encode_frame(setup, differences, payload, memory));
    return payload;
}

std::vector<std::uint32_t> read_map(std::span<const std::byte> payload, const PixelKind& kind, std::size_t row,
                                    std::size_t pixels) {
    const FrameSetup setup = map_setup(kind, pixels);
    Bytes differences(setup.frame_bytes());
    std::vector<DecodeMemory> memory;
    decode_frame(setup, payload, differences, memory);
    const std::uint32_t middle = (kind.mask() >> 1) + 1;
    std::vector<std::uint32_t> map(pixels);
    for (std::size_t at = 0; at < pixels; ++at)
        map[at] = (load_pixel(kind, &differences[at << kind.log2_bytes]) +
                   expected(std::span<const std::uint32_t>(map), row, at) - middle) &
                  kind.mask();
    return map;
}

Bytes write_tables(const Model::Parts& parts) {
    Bytes bytes;
    BitWriter writer(bytes);
    for (const Table& table : parts.tables) write(table, writer);
    for (std::size_t segment = 0; segment < parts.usual.size(); ++segment) {
        writer.number(parts.lengths[segment] - 1);
        writer.bits(parts.usual[segment], 8);
    }
    return bytes;
}

void read_tables(std::span<const std::byte> bytes, std::size_t tables, std::size_t segments, Model::Parts& parts) {
    BitReader reader(bytes, "model: tables");
    for (std::size_t k = 0; k < tables; ++k) parts.tables.push_back(read_table(reader, parts.kind));
    std::uint64_t left = parts.pixels;
    for (std::size_t segment = 0; segment < segments; ++segment) {
        if (left == 0)
            fail(ErrorCode::corrupt, "model: segment ", segment, " of ", segments, " is behind the last pixel");
        const std::uint64_t length = 1 + reader.number(left - 1, "pixels of a segment, less one,");
        left -= length;
        parts.lengths.push_back(static_cast<std::uint32_t>(length));
        parts.usual.push_back(static_cast<std::uint8_t>(reader.bits(8)));
        if (parts.usual.back() >= tables)
            fail(ErrorCode::corrupt, "model: segment ", segment, " names table ", unsigned{parts.usual.back()}, " of ",
                 tables);
    }
    if (left != 0) fail(ErrorCode::corrupt, "model: ", left, " pixels belong to no segment");
    if (reader.used_bytes() != bytes.size())
        fail(ErrorCode::corrupt, "model: tables use ", reader.used_bytes(), " bytes of ", bytes.size());
}

std::span<const std::byte> take_part(Cursor& cursor, std::string_view what) {
    return cursor.take(cursor.read<std::uint32_t>("size of a part"), what);
}

void append_part(Bytes& bytes, std::span<const std::byte> part) {
    append_le(bytes, static_cast<std::uint32_t>(part.size()));
    append(bytes, part);
}

constexpr PixelKind class_kind{0, 0};

}  // namespace

Bytes write_model(const Model::Parts& parts) {
    Bytes bytes;
    append_le(bytes, format_version);
    append_le(bytes, static_cast<std::uint8_t>(parts.kind.bytes()));
    append_le(bytes, static_cast<std::uint8_t>((parts.base.empty() ? 0 : flag_base) |
                                               (parts.histograms.size() == 0 ? 0 : flag_histograms)));
    append_le(bytes, static_cast<std::uint8_t>(parts.tables.size()));
    append_le(bytes, static_cast<std::uint32_t>(parts.lengths.size()));
    append_le(bytes, std::uint64_t{parts.pixels});
    append_le(bytes, std::uint64_t{parts.row_pixels});
    append_le(bytes, parts.least);
    append_part(bytes, write_tables(parts));
    append_part(bytes, write_map(std::span(parts.classes), class_kind, parts.row_pixels));
    if (!parts.base.empty()) append_part(bytes, write_map(std::span(parts.base), parts.kind, parts.row_pixels));
    if (parts.histograms.size() != 0) append_part(bytes, parts.histograms.write());
    return bytes;
}

std::shared_ptr<const Model> read_model(std::span<const std::byte> payload, PixelType type, std::size_t pixels) {
    Cursor cursor(payload, "model");
    Model::Parts parts;
    parts.kind = kind_of(type);
    const unsigned version = cursor.read<std::uint8_t>("version");
    if (version != format_version)
        fail(ErrorCode::unsupported, "model: version ", version, ", this program knows ", unsigned{format_version});
    const unsigned pixel_bytes = cursor.read<std::uint8_t>("bytes of a pixel");
    const unsigned flags = cursor.read<std::uint8_t>("flags");
    const unsigned tables = cursor.read<std::uint8_t>("number of tables");
    const auto segments = cursor.read<std::uint32_t>("number of segments");
    const auto its_pixels = cursor.read<std::uint64_t>("pixels");
    const auto row_pixels = cursor.read<std::uint64_t>("pixels of a row");
    parts.least = cursor.read<std::uint32_t>("least pixel");
    if (pixel_bytes != parts.kind.bytes() || its_pixels != pixels)
        fail(ErrorCode::corrupt, "model: for ", its_pixels, " pixels of ", pixel_bytes, " bytes, the file has ", pixels,
             " of ", parts.kind.bytes());
    if ((flags & ~unsigned{flag_base | flag_histograms}) != 0)
        fail(ErrorCode::unsupported, "model: flags ", hex(flags), " are unknown");
    if (tables == 0) fail(ErrorCode::corrupt, "model: no tables");
    if (pixels > UINT32_MAX) fail(ErrorCode::unsupported, "model: frames of more than 2^32 - 1 pixels");
    if (row_pixels == 0 || row_pixels > pixels)
        fail(ErrorCode::corrupt, "model: rows of ", row_pixels, " pixels in a frame of ", pixels);
    parts.pixels = pixels;
    parts.row_pixels = static_cast<std::size_t>(row_pixels);
    read_tables(take_part(cursor, "tables"), tables, segments, parts);
    const auto classes = read_map(take_part(cursor, "class map"), class_kind, parts.row_pixels, pixels);
    parts.classes.assign(classes.begin(), classes.end());
    if ((flags & flag_base) != 0)
        parts.base = read_map(take_part(cursor, "base map"), parts.kind, parts.row_pixels, pixels);
    if ((flags & flag_histograms) != 0)
        parts.histograms = Histograms::read(take_part(cursor, "histograms"), pixels, parts.kind);
    if (cursor.remaining() != 0) fail(ErrorCode::corrupt, "model: ", cursor.remaining(), " bytes behind its end");
    return std::make_shared<const Model>(std::move(parts));
}

}  // namespace mrcz::codec::rans
