#include <algorithm>

#include "header/extended/kinds.hpp"

namespace mrcz::header::extended {
namespace {

constexpr std::uint64_t operator_bytes = 80;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_plain_text(std::string_view text) {
    return std::ranges::all_of(text, [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return code == 0 || code == '\n' || code == '\r' || code == '\t' || (code >= 0x20 && code < 0x7f);
    });
}

std::vector<ExtendedField> decode_operator(const Layout&, std::span<const std::byte> record) {
    return {{"operator", {}, trimmed(record)}};
}

}  // namespace

/// EXTTYP is blank in practice: 80 characters an operator, the first of which says something of X.
std::optional<Layout> recognise_symmetry(const Source& source) {
    const std::string_view text = text_of(source.bytes);
    if (text.size() < operator_bytes || !is_plain_text(text)) return std::nullopt;
    const std::string_view first = text.substr(0, operator_bytes);
    const bool named = source.header.text(HeaderField::exttyp) == "CCP4";
    const bool is_operator =
        first.find_first_of("Xx") != std::string_view::npos && first.find(',') != std::string_view::npos;
    if (!named && (!is_operator || text.size() % operator_bytes != 0)) return std::nullopt;
    return Layout{.kind = ExtendedHeaderKind::symmetry,
                  .record_bytes = operator_bytes,
                  .records = text.size() / operator_bytes,
                  .decode = decode_operator};
}

std::optional<Layout> recognise_json(const Source& source) {
    const std::string_view text = text_of(source.bytes);
    const bool named = source.header.text(HeaderField::exttyp) == "json";
    if (!named && !(text.starts_with('{') && is_plain_text(text))) return std::nullopt;
    return Layout{.kind = ExtendedHeaderKind::json};
}

std::optional<Layout> recognise_hdf5(const Source& source) {
    const bool named = source.header.text(HeaderField::exttyp) == "HDF5";
    if (!named && !text_of(source.bytes).starts_with("\x89HDF\r\n\x1a\n")) return std::nullopt;
    return Layout{.kind = ExtendedHeaderKind::hdf5};
}

}  // namespace mrcz::header::extended
