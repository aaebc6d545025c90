#include "base/text.hpp"
#include "header/extended/kinds.hpp"

namespace mrcz::header::extended {
namespace {

constexpr std::size_t number_bytes = 4;

std::vector<ExtendedField> decode_record(const Layout& layout, std::span<const std::byte> record) {
    std::vector<ExtendedField> fields;
    const auto integers = static_cast<std::size_t>(layout.integers);
    for (std::size_t i = 0; i < record.size() / number_bytes; ++i) {
        const std::byte* from = record.data() + i * number_bytes;
        if (i < integers) {
            fields.push_back({concat("integer_", i + 1), {}, std::int64_t{load<std::int32_t>(from, layout.order)}});
        } else {
            fields.push_back({concat("real_", i + 1 - integers), {}, double{load<float>(from, layout.order)}});
        }
    }
    return fields;
}

/// Nothing where NINT and NREAL count none.
std::optional<Layout> numbers_of(const Source& source, ExtendedHeaderKind kind) {
    const std::int64_t integers = source.header.integer(HeaderField::nint);
    const std::int64_t reals = source.header.integer(HeaderField::nreal);
    if (integers < 0 || reals < 0 || integers + reals == 0) return std::nullopt;
    const auto record_bytes = static_cast<std::uint64_t>(integers + reals) * number_bytes;
    return Layout{.kind = kind,
                  .record_bytes = record_bytes,
                  .records = records_of_frames(source, record_bytes),
                  .order = source.order,
                  .integers = integers,
                  .decode = decode_record};
}

}  // namespace

/// Nothing in the bytes tells: without its name, a record for every frame has to fit.
std::optional<Layout> recognise_agard(const Source& source) {
    auto layout = numbers_of(source, ExtendedHeaderKind::agard);
    if (!layout) return std::nullopt;
    const std::string_view name = source.header.text(HeaderField::exttyp);
    const bool named = name == "AGAR" || name == "SERI";
    if (!named && static_cast<std::int64_t>(layout->records) < source.header.nz()) return std::nullopt;
    return layout;
}

/// Only its name tells. NINT and NREAL count as they do in Agard's where they fit every frame.
std::optional<Layout> recognise_mrco(const Source& source) {
    if (source.header.text(HeaderField::exttyp) != "MRCO") return std::nullopt;
    const auto layout = numbers_of(source, ExtendedHeaderKind::mrco);
    const bool fits = layout && static_cast<std::int64_t>(layout->records) >= source.header.nz();
    return fits ? layout : Layout{.kind = ExtendedHeaderKind::mrco};
}

}  // namespace mrcz::header::extended
