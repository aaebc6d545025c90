#include "mrcz/header.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/byte_order.hpp"
#include "header/axes.hpp"
#include "header/field_table.hpp"
#include "header/modes.hpp"

namespace mrcz {
namespace {

constexpr std::array cell_fields{HeaderField::cell_a, HeaderField::cell_b, HeaderField::cell_c};
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

template <class Bytes>
auto* place_of(Bytes& bytes, HeaderField field, std::size_t index) noexcept {
    const HeaderFieldInfo& info = info_of(field);
    return bytes.data() + info.offset + index * info.bytes;
}

}  // namespace

std::span<const HeaderFieldInfo> header_fields() noexcept { return header::field_table; }

const HeaderFieldInfo& info_of(HeaderField field) noexcept {
    return header::field_table[static_cast<std::size_t>(field)];
}

std::int64_t Header::integer(HeaderField field, std::size_t index) const noexcept {
    const std::byte* from = place_of(bytes_, field, index);
    switch (info_of(field).bytes) {
        case 2:
            return load_le<std::int16_t>(from);
        case 4:
            return load_le<std::int32_t>(from);
        default:
            return load_le<std::int64_t>(from);
    }
}

float Header::real(HeaderField field, std::size_t index) const noexcept {
    return load_le<float>(place_of(bytes_, field, index));
}

std::string_view Header::text(HeaderField field, std::size_t index) const noexcept {
    return {reinterpret_cast<const char*>(place_of(bytes_, field, index)), info_of(field).bytes};
}

void Header::set_integer(HeaderField field, std::int64_t value, std::size_t index) noexcept {
    std::byte* to = place_of(bytes_, field, index);
    switch (info_of(field).bytes) {
        case 2:
            return store_le(to, static_cast<std::int16_t>(value));
        case 4:
            return store_le(to, static_cast<std::int32_t>(value));
        default:
            return store_le(to, value);
    }
}

void Header::set_real(HeaderField field, float value, std::size_t index) noexcept {
    store_le(place_of(bytes_, field, index), value);
}

void Header::set_text(HeaderField field, std::string_view text, std::size_t index, char padding) noexcept {
    const std::size_t size = info_of(field).bytes;
    auto* to = reinterpret_cast<char*>(place_of(bytes_, field, index));
    const std::size_t used = std::min(size, text.size());
    std::copy_n(text.begin(), used, to);
    std::fill(to + used, to + size, padding);
}

void Header::copy_from(const Header& other, HeaderField field) noexcept {
    const std::size_t size = std::size_t{info_of(field).count} * info_of(field).bytes;
    std::copy_n(place_of(other.bytes_, field, 0), size, place_of(bytes_, field, 0));
}

std::string_view Header::label(std::size_t index) const noexcept {
    const std::string_view whole = text(HeaderField::label, index);
    const std::size_t last = whole.find_last_not_of(std::string_view(" \0", 2));
    return last == std::string_view::npos ? std::string_view{} : whole.substr(0, last + 1);
}

std::array<std::int64_t, 3> Header::pixels_along_axes() const noexcept {
    const std::array<std::int64_t, 3> pixels{nx(), ny(), nz()};
    const auto axes = header::axes_of(*this);
    if (!header::are_an_order(axes)) return pixels;
    std::array<std::int64_t, 3> along{};
    for (std::size_t i = 0; i < 3; ++i) along[static_cast<std::size_t>(axes[i] - 1)] = pixels[i];
    return along;
}

std::array<double, 3> Header::voxel_angstrom() const noexcept {
    std::array<double, 3> voxel = header::voxel_as_written(*this);
    for (std::size_t axis = 0; axis < 3; ++axis)
        if (!header::is_cell_edge(real(cell_fields[axis]))) voxel[axis] = 0;
    return voxel;
}

FrameStatistics Header::statistics() const noexcept {
    const auto number = [this](HeaderField field) {
        const float value = real(field);
        return std::isfinite(value) ? static_cast<double>(value) : unknown;
    };
    FrameStatistics found{number(HeaderField::dmin), number(HeaderField::dmax), number(HeaderField::dmean),
                          number(HeaderField::rms), 0};
    if (found.mean < std::min(found.minimum, found.maximum)) found.mean = unknown;
    if (!(found.maximum >= found.minimum)) found.minimum = found.maximum = unknown;
    const bool never_computed = found.standard_deviation == 0 && found.maximum > found.minimum;
    if (found.standard_deviation < 0 || never_computed) found.standard_deviation = unknown;
    return found;
}

}  // namespace mrcz

namespace mrcz::header {

std::array<std::int64_t, 3> voxels_along_cell(const Header& header) noexcept {
    constexpr std::array samples{HeaderField::mx, HeaderField::my, HeaderField::mz};
    std::array<std::int64_t, 3> voxels = header.pixels_along_axes();
    // python-mrcz means CELLA / N, and something else by MZ (slices per item of a list), when it leaves MX zero. Up to
    // 0.4.1 it wrote NX and NY where MY and MZ belong. Compressed files of ours mean the same.
    const bool compressed = header.integer(HeaderField::mode) >= codec_factor;
    if (header.label(0).starts_with("MRCZ") && (header.integer(HeaderField::mx) == 0 || compressed)) return voxels;
    for (std::size_t axis = 0; axis < 3; ++axis)
        if (const std::int64_t sampled = header.integer(samples[axis]); sampled > 0) voxels[axis] = sampled;
    return voxels;
}

std::array<double, 3> voxel_as_written(const Header& header) noexcept {
    const auto voxels = voxels_along_cell(header);
    std::array<double, 3> voxel{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double edge = header.real(cell_fields[axis]);
        if (voxels[axis] > 0 && std::isfinite(edge)) voxel[axis] = edge / static_cast<double>(voxels[axis]);
    }
    return voxel;
}

}  // namespace mrcz::header
