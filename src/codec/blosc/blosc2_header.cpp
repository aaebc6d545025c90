#include "codec/blosc/blosc2_header.hpp"

#include <array>

#include "base/fail.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::string_view way_out =
    "; open the file in the python-mrcz that wrote it and write it again with compressor='zstd' and the default "
    "backend";

/// Of bits 5-7 of the flags: the codec's number stands in byte 22; with 7 it stands nowhere in the chunk.
constexpr unsigned plugin_format = 6;

namespace flag2 {
constexpr std::uint8_t dictionary = 0x01;
constexpr std::uint8_t longer_header = 0x02;
constexpr std::uint8_t other_codec = 0x04;
constexpr std::uint8_t lazy = 0x08;
constexpr std::uint8_t instrumented = 0x80;
constexpr std::uint8_t not_read = dictionary | longer_header | other_codec | lazy | instrumented;
}  // namespace flag2

constexpr std::size_t filter_slots = 6;

struct FilterCode {
    std::uint8_t code;
    Filter filter;  ///< what decoding has to undo
};

constexpr std::array<FilterCode, 4> filter_codes{{
    {0, Filter::none},
    {1, Filter::byteshuffle},
    {2, Filter::bitshuffle},
    {4, Filter::none},  // truncated precision: done to the pixels before, for good
}};

struct Plugin {
    unsigned number;
    std::string_view name;
};

constexpr std::array<Plugin, 9> plugins{{{32, "ndlz"},
                                         {33, "zfp_acc"},
                                         {34, "zfp_prec"},
                                         {35, "zfp_rate"},
                                         {36, "openhtj2k"},
                                         {37, "grok"},
                                         {38, "openzl"},
                                         {39, "j2k"},
                                         {40, "htj2k"}}};

Filter filter_of(unsigned code) {
    for (const FilterCode& row : filter_codes)
        if (row.code == code) return row.filter;
    fail(ErrorCode::unsupported, "chunk header: filter ", code, " of c-blosc2, which this program does not undo",
         way_out);
}

/// The one filter of the chain that moves bytes.
Filter read_filters(Cursor& cursor) {
    Filter filter = Filter::none;
    for (std::size_t slot = 0; slot < filter_slots; ++slot) {
        const Filter next = filter_of(cursor.read<std::uint8_t>("filter"));
        if (next == Filter::none) continue;
        if (filter != Filter::none)
            fail(ErrorCode::unsupported, "chunk header: several filters of c-blosc2, one after another", way_out);
        filter = next;
    }
    return filter;
}

void check_codec(const ChunkHeader& header, unsigned number) {
    if (header.format() < plugin_format) return;
    const std::string_view name = header.format() == plugin_format ? blosc2_plugin(number) : std::string_view{};
    fail(ErrorCode::unsupported, "chunk compressed by a plug-in of c-blosc2", name.empty() ? "" : ", ", name,
         ", which this program does not have", way_out);
}

Repeated repeated_of(unsigned code) {
    constexpr std::array known{Repeated::nothing, Repeated::zeros, Repeated::nans, Repeated::value};
    if (code < known.size()) return known[code];
    // 4 stands for pixels that nobody wrote; c-blosc2 gives back what memory happens to hold.
    if (code == 4) return Repeated::zeros;
    fail(ErrorCode::corrupt, "chunk header: repeated value of kind ", code);
}

}  // namespace

std::string_view blosc2_plugin(unsigned number) noexcept {
    for (const Plugin& plugin : plugins)
        if (plugin.number == number) return plugin.name;
    return {};
}

Blosc2Header read_blosc2_header(Cursor& cursor, const ChunkHeader& header) {
    if ((header.flags & flag::long_header) != flag::long_header)
        fail(ErrorCode::corrupt, "chunk header: version 5 of c-blosc2 without its second half");
    Blosc2Header more;
    more.filter = read_filters(cursor);
    const auto codec = cursor.read<std::uint8_t>("codec");
    (void)cursor.take(1, "codec settings");
    (void)cursor.take(filter_slots, "filter settings");
    (void)cursor.take(1, "reserved byte");
    const auto flags = cursor.read<std::uint8_t>("second flags");
    check_codec(header, codec);
    if ((flags & flag2::not_read) != 0)
        fail(ErrorCode::unsupported, "chunk header: second flags ", hex(flags),
             ": c-blosc2 used a dictionary or left out the data", way_out);
    more.repeated = repeated_of((flags >> 4) & 7U);
    return more;
}

}  // namespace mrcz::codec::blosc
