#include <array>
#include <chrono>
#include <cmath>

#include "header/extended/fei_fields.hpp"
#include "header/extended/kinds.hpp"

namespace mrcz::header::extended {
namespace {

struct KnownVersion {
    std::int32_t size;
    std::int32_t version;
};
constexpr std::array<KnownVersion, 2> known_versions{{{768, 0}, {888, 2}}};

constexpr std::int32_t least_size = 8;  // its own size and version

std::string padded(std::int64_t number, std::size_t digits) {
    const std::string text = std::to_string(number);
    return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

/// Days since 1899-12-30 as `2022-12-05T12:13:07.000`, the microscope's local time; as a number where it is no date.
std::variant<bool, std::int64_t, double, std::string> date_of(double days) {
    constexpr double first = 25569;        // 1970-01-01
    constexpr double behind_last = 2.5e6;  // beyond the year 8700
    constexpr std::int64_t day_milliseconds = 86'400'000;
    if (!(days >= first && days < behind_last)) return days;
    const std::int64_t all = std::llround((days - first) * static_cast<double>(day_milliseconds));
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{all / day_milliseconds}}};
    const std::int64_t of_day = all % day_milliseconds;
    return padded(int{date.year()}, 4) + '-' + padded(unsigned{date.month()}, 2) + '-' +
           padded(unsigned{date.day()}, 2) + 'T' + padded(of_day / 3'600'000, 2) + ':' +
           padded(of_day / 60'000 % 60, 2) + ':' + padded(of_day / 1000 % 60, 2) + '.' + padded(of_day % 1000, 3);
}

bool is_valid(const FeiField& field, std::span<const std::byte> record) {
    if (field.mask == 0) return true;
    const std::size_t at = fei_mask_offsets[field.mask - 1U];
    return (load_le<std::uint32_t>(record.data() + at) >> field.bit & 1U) != 0;
}

ExtendedField decode_field(const FeiField& field, std::span<const std::byte> record) {
    const std::byte* from = record.data() + field.offset;
    ExtendedField out{std::string(field.name), field.unit, false};
    switch (field.type) {
        case FeiType::flag:
            out.value = *from != std::byte{0};
            break;
        case FeiType::i32:
            out.value = std::int64_t{load_le<std::int32_t>(from)};
            break;
        case FeiType::i64:
            out.value = load_le<std::int64_t>(from);
            break;
        case FeiType::f64:
            out.value = load_le<double>(from);
            break;
        case FeiType::date:
            out.value = date_of(load_le<double>(from));
            break;
        case FeiType::text:
            out.value = trimmed(record.subspan(field.offset, field.bytes));
    }
    return out;
}

/// Fields behind a mask that the record is too short for do not fit either.
std::vector<ExtendedField> decode_record(const Layout&, std::span<const std::byte> record) {
    std::vector<ExtendedField> fields;
    for (const FeiField& field : fei_fields)
        if (std::size_t{field.offset} + field.bytes <= record.size() && is_valid(field, record))
            fields.push_back(decode_field(field, record));
    return fields;
}

}  // namespace

std::optional<Layout> recognise_fei(const Source& source) {
    if (source.bytes.size() < least_size) return std::nullopt;
    const auto size = load_le<std::int32_t>(source.bytes.data());
    const auto version = load_le<std::int32_t>(source.bytes.data() + 4);
    const bool named = source.header.text(HeaderField::exttyp).starts_with("FEI");
    if (named && size == 0) return Layout{.kind = ExtendedHeaderKind::fei};  // room for records, none written
    if (size < least_size || static_cast<std::uint64_t>(size) > source.bytes.size()) return std::nullopt;
    bool known = false;
    for (const KnownVersion& row : known_versions) known = known || (size == row.size && version == row.version);
    if (!named && !known) return std::nullopt;
    const auto record_bytes = static_cast<std::uint64_t>(size);
    return Layout{.kind = ExtendedHeaderKind::fei,
                  .record_bytes = record_bytes,
                  .records = records_of_frames(source, record_bytes),
                  .decode = decode_record};
}

}  // namespace mrcz::header::extended
