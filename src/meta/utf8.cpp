#include "meta/utf8.hpp"

namespace mrcz::meta {

namespace {

/// What the first byte of a sequence says: its length (0: no sequence starts so) and the range of the second byte.
struct Lead {
    std::size_t length;
    unsigned char second_least = 0x80;
    unsigned char second_most = 0xbf;
};

Lead lead_of(unsigned char first) {
    if (first < 0x80) return {1};
    if (first < 0xc2) return {0};
    if (first < 0xe0) return {2};
    if (first == 0xe0) return {3, 0xa0};        // below: overlong
    if (first == 0xed) return {3, 0x80, 0x9f};  // above: surrogates
    if (first < 0xf0) return {3};
    if (first == 0xf0) return {4, 0x90};        // below: overlong
    if (first == 0xf4) return {4, 0x80, 0x8f};  // above: beyond U+10FFFF
    return {first < 0xf4 ? std::size_t{4} : std::size_t{0}};
}

/// The bytes of the well-formed sequence at `position`, 0 if there is none.
std::size_t sequence_at(std::string_view text, std::size_t position) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[position + index]); };
    const Lead lead = lead_of(byte(0));
    if (lead.length < 2) return lead.length;
    if (lead.length > text.size() - position) return 0;
    if (byte(1) < lead.second_least || byte(1) > lead.second_most) return 0;
    for (std::size_t index = 2; index < lead.length; ++index) {
        if ((byte(index) & 0xc0) != 0x80) return 0;
    }
    return lead.length;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t length = sequence_at(text, position);
        if (length == 0) return false;
        position += length;
    }
    return true;
}

std::string repaired_utf8(std::string_view text) {
    std::string out;
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t length = sequence_at(text, position);
        out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(position, length);
        position += length == 0 ? 1 : length;
    }
    return out;
}

}  // namespace mrcz::meta
