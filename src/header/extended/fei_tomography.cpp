#include <array>

#include "header/extended/kinds.hpp"

namespace mrcz::header::extended {
namespace {

constexpr std::uint64_t slot_bytes = 128;
constexpr std::uint64_t all_slots_bytes = 1024 * slot_bytes;

struct Item {
    std::string_view name;
    std::string_view unit;
};

/// Float32 one behind the other (FEI's extended MRC format of Agard and Koster).
constexpr std::array<Item, 13> items{{
    {"alpha_tilt", "deg"},
    {"beta_tilt", "deg"},
    {"stage_x", "m"},
    {"stage_y", "m"},
    {"stage_z", "m"},
    {"image_shift_x", "m"},
    {"image_shift_y", "m"},
    {"defocus", "m"},
    {"exposure_time", "s"},
    {"mean", ""},
    {"tilt_axis_angle", "deg"},
    {"pixel_size", "m"},
    {"magnification", ""},
}};
constexpr std::size_t pixel_size_item = 11;

std::vector<ExtendedField> decode_record(const Layout& layout, std::span<const std::byte> record) {
    std::vector<ExtendedField> fields;
    for (std::size_t i = 0; i < items.size(); ++i)
        fields.push_back({std::string(items[i].name), items[i].unit,
                          double{load<float>(record.data() + i * sizeof(float), layout.order)}});
    return fields;
}

/// What FEI wrote into NINT and NREAL of such files; IMOD takes 128 for the mistake it is.
bool counts_fit(const Header& header) {
    const std::int64_t integers = header.integer(HeaderField::nint);
    const std::int64_t reals = header.integer(HeaderField::nreal);
    return (reals == 32 && (integers == 0 || integers == 128)) || (reals == 0 && integers == 0);
}

}  // namespace

std::optional<Layout> recognise_fei_tomography(const Source& source) {
    if (source.bytes.size() != all_slots_bytes || !counts_fit(source.header)) return std::nullopt;
    const float pixel = load<float>(source.bytes.data() + pixel_size_item * sizeof(float), source.order);
    if (!(pixel > 1e-12F && pixel < 1e-3F)) return std::nullopt;
    return Layout{.kind = ExtendedHeaderKind::fei_tomography,
                  .record_bytes = slot_bytes,
                  .records = records_of_frames(source, slot_bytes),
                  .order = source.order,
                  .decode = decode_record};
}

}  // namespace mrcz::header::extended
