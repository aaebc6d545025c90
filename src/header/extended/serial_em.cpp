#include <array>
#include <cmath>

#include "header/extended/kinds.hpp"

namespace mrcz::header::extended {
namespace {

/// One int16 times `scale`, or two as SerialEM keeps a float.
enum class Coding : std::uint8_t { scaled, two_part_float, skipped };

struct Item {
    std::string_view name;
    std::string_view unit;
    std::int64_t flag;
    Coding coding;
    double scale;
    std::uint8_t bytes;
};

/// In the order in which they lie; those whose flag NREAL lacks are not there (IMOD's mrc_format.txt).
constexpr std::array<Item, 14> items{{
    {"tilt_angle", "deg", 1, Coding::scaled, 0.01, 2},
    {"piece_x", "px", 2, Coding::scaled, 1, 2},
    {"piece_y", "px", 2, Coding::scaled, 1, 2},
    {"piece_z", "px", 2, Coding::scaled, 1, 2},
    {"stage_x", "um", 4, Coding::scaled, 1 / 25.0, 2},
    {"stage_y", "um", 4, Coding::scaled, 1 / 25.0, 2},
    {"magnification", "", 8, Coding::scaled, 100, 2},
    {"intensity", "", 16, Coding::scaled, 1 / 25000.0, 2},
    {"dose", "e/A^2", 32, Coding::two_part_float, 1, 4},
    {"reserved", "", 64, Coding::skipped, 1, 2},
    {"reserved", "", 128, Coding::skipped, 1, 4},
    {"reserved", "", 256, Coding::skipped, 1, 2},
    {"reserved", "", 512, Coding::skipped, 1, 4},
    {"reserved", "", 1024, Coding::skipped, 1, 2},
}};
constexpr std::int64_t all_flags = 2047;

std::uint64_t bytes_of(std::int64_t flags) {
    std::uint64_t bytes = 0;
    for (const Item& item : items) bytes += (flags & item.flag) != 0 ? item.bytes : 0;
    return bytes;
}

/// Two int16: the first has the sign and the mantissa's upper bits, the second its lower 8 bits and the exponent.
double float_of(int first, int second) {
    const int exponent = std::abs(second) / 256 * (second < 0 ? -1 : 1);
    const double mantissa = std::abs(first) * 256.0 + std::abs(second) % 256;
    return std::ldexp(first < 0 ? -mantissa : mantissa, exponent);
}

/// Whole numbers stay whole: 0.01 is no binary fraction, so 100ths are divided.
double scaled(std::int16_t number, double scale) { return scale < 1 ? number / std::round(1 / scale) : number * scale; }

std::vector<ExtendedField> decode_record(const Layout& layout, std::span<const std::byte> record) {
    std::vector<ExtendedField> fields;
    std::size_t at = 0;
    for (const Item& item : items) {
        if ((layout.flags & item.flag) == 0) continue;
        const auto short_at = [&](std::size_t offset) { return load<std::int16_t>(&record[offset], layout.order); };
        if (item.coding == Coding::scaled)
            fields.push_back({std::string(item.name), item.unit, scaled(short_at(at), item.scale)});
        if (item.coding == Coding::two_part_float)
            fields.push_back({std::string(item.name), item.unit, float_of(short_at(at), short_at(at + 2))});
        at += item.bytes;
    }
    return fields;
}

}  // namespace

std::optional<Layout> recognise_serialem(const Source& source) {
    const std::int64_t record_bytes = source.header.integer(HeaderField::nint);
    const std::int64_t flags = source.header.integer(HeaderField::nreal);
    if (source.header.text(HeaderField::exttyp) == "AGAR" || flags <= 0 || flags > all_flags) return std::nullopt;
    if (record_bytes <= 0 || static_cast<std::uint64_t>(record_bytes) != bytes_of(flags)) return std::nullopt;
    const auto bytes = static_cast<std::uint64_t>(record_bytes);
    return Layout{.kind = ExtendedHeaderKind::serialem,
                  .record_bytes = bytes,
                  .records = records_of_frames(source, bytes),
                  .order = source.order,
                  .flags = flags,
                  .decode = decode_record};
}

}  // namespace mrcz::header::extended
