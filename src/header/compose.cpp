#include "header/compose.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "header/axes.hpp"
#include "header/imod.hpp"
#include "header/mode0.hpp"
#include "header/modes.hpp"
#include "header/packed_bytes.hpp"
#include "header/volumes.hpp"
#include "mrcz/version.hpp"

namespace mrcz::header {
namespace {

constexpr std::array cell_fields{HeaderField::cell_a, HeaderField::cell_b, HeaderField::cell_c};
constexpr std::array sampling_fields{HeaderField::mx, HeaderField::my, HeaderField::mz};
constexpr std::int64_t standard_version = 20141;
constexpr std::string_view little_endian_stamp("DD\0\0", 4);
constexpr int first_major_with_footers = 1;

/// Whether MZ is 0 or the slices of each item of a list, as in python-mrcz's files and in ours that are for it.
bool mz_counts_slices(const Header& header) {
    if (!header.label(0).starts_with("MRCZ")) return false;
    return is_ours(header) || header.integer(HeaderField::mx) == 0;
}

bool any_label_is_mrcz(const Header& header) {
    for (std::size_t i = 0; i < Header::label_count; ++i)
        if (header.label(i).starts_with("MRCZ")) return true;
    return false;
}

void push_label(Header& header, std::string_view label) {
    for (std::size_t i = Header::label_count - 1; i > 0; --i)
        header.set_text(HeaderField::label, std::string(header.text(HeaderField::label, i - 1)), i);
    header.set_text(HeaderField::label, label, 0, '\0');
    std::int64_t used = 0;
    for (std::size_t i = 0; i < Header::label_count; ++i) used += header.label(i).empty() ? 0 : 1;
    header.set_integer(HeaderField::nlabl, used);
}

/// A label for people first, ours second: python-mrcz takes a file whose first label is MRCZ's for one of its own.
void put_mrcz_label_second(Header& header) {
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < Header::label_count; ++i)
        if (const auto text = header.label(i); !text.empty() && !text.starts_with("MRCZ")) labels.emplace_back(text);
    if (labels.empty()) labels.emplace_back(default_label);
    labels.insert(labels.begin() + 1, mrcz_label());
    labels.resize(std::min(labels.size(), Header::label_count));
    header.set_integer(HeaderField::nlabl, static_cast<std::int64_t>(labels.size()));
    labels.resize(Header::label_count);
    for (std::size_t i = 0; i < Header::label_count; ++i) header.set_text(HeaderField::label, labels[i], i);
}

/// The edge of `pixels` voxels, within what a float holds.
float cell_edge(double voxel, std::int64_t pixels) {
    constexpr double most = std::numeric_limits<float>::max();
    return static_cast<float>(std::clamp(voxel * static_cast<double>(pixels), -most, most));
}

void mark_standard(Header& header) {
    header.set_text(HeaderField::map, "MAP ");
    header.set_text(HeaderField::machst, little_endian_stamp);
}

/// M and CELLA for `pixels` along each axis. An edge that needs no scaling keeps its bits.
void set_sampling(Header& header, const std::array<std::int64_t, 3>& pixels, const std::array<double, 3>& voxel) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const bool unchanged = header.integer(sampling_fields[axis]) == pixels[axis];
        if (!unchanged && std::isfinite(header.real(cell_fields[axis])))
            header.set_real(cell_fields[axis], cell_edge(voxel[axis], pixels[axis]));
        header.set_integer(sampling_fields[axis], pixels[axis]);
    }
}

void set_standard_axes(Header& header) {
    header.set_integer(HeaderField::mapc, 1);
    header.set_integer(HeaderField::mapr, 2);
    header.set_integer(HeaderField::maps, 3);
}

void reset_microscope_fields(Header& header) {
    header.set_real(HeaderField::voltage, 0);
    header.set_real(HeaderField::spherical_aberration, 0);
    header.set_real(HeaderField::detector_gain, 1);
}

bool is_of_bytes(const Header& header) {
    const std::int64_t base_mode = header.integer(HeaderField::mode) % codec_factor;
    return (base_mode == 0 || base_mode == 5) && !bytes_hold_two_pixels(header);
}

/// Whether DMIN and DMAX, of pixels whose statistics are not known, have to stay: without them bytes count as signed.
bool range_tells_unsigned(const Header& header) { return is_of_bytes(header) && !mode0_is_signed(header); }

constexpr std::int64_t primitive_volume_stack = 401;

/// Compressed files are read by programs that know of the footer, which has the statistics of every frame.
FrameStatistics statistics_to_state(const Header& header, const FrameStatistics& statistics) {
    if (header.integer(HeaderField::mode) >= codec_factor) return statistics;
    const auto side = [](std::int64_t length) { return static_cast<std::uint64_t>(std::max<std::int64_t>(1, length)); };
    const std::uint64_t pixels = side(header.nx()) * side(header.ny()) * side(header.nz());
    for (const PixelType type : {PixelType::float16, PixelType::float32})
        if (header.integer(HeaderField::mode) == mode_for(type)) return stated_statistics(statistics, type, pixels);
    return statistics;
}

/// A mean that says that it is not known, if there is a number below this one; a float loses a 1 beside 1e8.
float below(float number) {
    constexpr float nothing = -std::numeric_limits<float>::infinity();
    return std::min(number - 1, std::nextafter(number, nothing));
}

}  // namespace

std::string mrcz_label() { return concat("MRCZ", version); }

std::int32_t writable_mode(PixelType type) {
    const auto mode = mode_for(type);
    if (!mode)
        fail(ErrorCode::invalid_argument, "MRC has no mode for ", info_of(type).name,
             " pixels; use int8, uint16 or uint4");
    return *mode;
}

std::int64_t version_of(PixelType type) { return type == PixelType::uint4 ? 0 : standard_version; }

bool is_ours(const Header& header) {
    const std::string_view label = header.label(0);
    if (!label.starts_with("MRCZ")) return false;
    int major = 0;
    const auto parsed = std::from_chars(label.data() + 4, label.data() + label.size(), major);
    return parsed.ec == std::errc() && major >= first_major_with_footers;
}

Header compressed_header(const Layout& source, std::uint16_t codec_id) {
    Header header = source.header;
    header.set_integer(HeaderField::mode, source.base_mode + codec_factor * codec_id);
    declare_mode0(header, source);
    if (imod::old_origin(header, source.order)) imod::standardise_origin(header, source.order);
    if (is_volume_stack_group(header.integer(HeaderField::ispg)))
        header.set_integer(HeaderField::volume_sections, stated_volume_sections(source.header));
    set_sampling(header, header.pixels_along_axes(), voxel_as_written(source.header));
    header.set_integer(HeaderField::mz, 0);
    if (!any_label_is_mrcz(source.header)) reset_microscope_fields(header);
    mark_standard(header);
    if (header.label(0).starts_with("MRCZ")) {
        header.set_text(HeaderField::label, mrcz_label(), 0, '\0');
    } else {
        push_label(header, mrcz_label());
    }
    return header;
}

Header plain_header(const Layout& source, std::int64_t frames) {
    Header header = source.header;
    header.set_integer(HeaderField::mode, source.base_mode);
    header.set_integer(HeaderField::packed_bytes, 0);
    imod::standardise_origin(header, source.order);
    declare_mode0(header, source);
    const auto voxel = voxel_as_written(source.header);  // what M means depends on MODE
    const std::int64_t sections = stated_volume_sections(header);
    header.set_integer(HeaderField::nz, frames);
    auto samples = header.pixels_along_axes();
    const bool volume = is_volume_group(header.integer(HeaderField::ispg));
    const bool volumes = sections > 0 && frames > 0 && frames % sections == 0;
    if (is_volume_stack_group(header.integer(HeaderField::ispg))) header.set_integer(HeaderField::volume_sections, 0);
    if (!volume) samples[2] = volumes ? sections : 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        header.set_integer(sampling_fields[axis], samples[axis]);
        header.set_real(cell_fields[axis], cell_edge(std::max(0.0, voxel[axis]), samples[axis]));
    }
    if (!volume && !volumes) header.set_integer(HeaderField::ispg, 0);
    header.set_integer(HeaderField::nversion, version_of(source.type));
    mark_standard(header);
    if (!are_an_order(axes_of(header))) set_standard_axes(header);
    put_mrcz_label_second(header);
    return header;
}

namespace {

/// A label that would be cut, or break into lines where programs print it, is not what was asked for.
void require_label(std::string_view label) {
    const std::size_t most = info_of(HeaderField::label).bytes;
    if (label.size() > most)
        fail(ErrorCode::invalid_argument, "label: \"", label, "\" is ", label.size(), " bytes long in UTF-8, and ",
             most, " fit; shorten it, or keep long texts as metadata");
    const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; };
    const auto* const control = std::ranges::find_if(label, is_control);
    if (control != label.end())
        fail(ErrorCode::invalid_argument, "label: byte ", control - label.begin(), " is the control character ",
             static_cast<int>(*control), "; a label is one line of text. Keep several lines as metadata");
}

void put_fresh_labels(Header& header, const FreshImage& image, std::uint16_t codec_id) {
    if (codec_id == 0 && image.label.starts_with("MRCZ")) return push_label(header, image.label);
    push_label(header, mrcz_label());
    if (codec_id == 0 && image.slices_per_item == 0)
        push_label(header, image.label.empty() ? default_label : image.label);
}

}  // namespace

Header fresh_header(const FreshImage& image, std::uint16_t codec_id) {
    const std::int32_t mode = writable_mode(image.type);
    require_label(image.label);
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (image.nx < 1 || image.ny < 1 || image.nx > most || image.ny > most)
        fail(ErrorCode::invalid_argument, "frames of ", image.nx, " x ", image.ny, " pixels cannot be written");
    Header header;
    header.set_integer(HeaderField::nx, image.nx);
    header.set_integer(HeaderField::ny, image.ny);
    header.set_integer(HeaderField::mode, mode + codec_factor * codec_id);
    for (const HeaderField field : {HeaderField::cell_alpha, HeaderField::cell_beta, HeaderField::cell_gamma})
        header.set_real(field, 90);
    set_standard_axes(header);
    header.set_integer(HeaderField::ispg, image.is_volume ? 1 : image.volume_sections > 0 ? primitive_volume_stack : 0);
    header.set_integer(HeaderField::volume_sections, image.volume_sections);
    header.set_integer(HeaderField::nversion, version_of(image.type));
    header.set_real(HeaderField::voltage, image.voltage_kv);
    header.set_real(HeaderField::spherical_aberration, image.spherical_aberration_mm);
    header.set_real(HeaderField::detector_gain, image.detector_gain);
    mark_standard(header);
    put_fresh_labels(header, image, codec_id);
    return header;
}

void set_extent(Header& header, std::int64_t frames, const std::array<double, 3>& voxel_angstrom,
                const SectionSampling& sampling) {
    header.set_integer(HeaderField::nz, frames);
    const bool compressed = header.integer(HeaderField::mode) >= codec_factor;
    const bool volume = is_volume_group(header.integer(HeaderField::ispg));
    const std::int64_t sections = header.integer(HeaderField::volume_sections);
    const bool volumes = sections > 0 && frames % sections == 0;
    if (!volumes || !compressed) header.set_integer(HeaderField::volume_sections, 0);
    if (!volume && !volumes) header.set_integer(HeaderField::ispg, 0);
    const std::int64_t plain_mz = volume ? frames : volumes ? sections : sampling.spans_stack ? frames : 1;
    const std::int64_t mz = sampling.slices_per_item > 0 ? sampling.slices_per_item : compressed ? 0 : plain_mz;
    const std::array samples{header.nx(), header.ny(), mz};
    const std::array spanned{header.nx(), header.ny(), compressed ? frames : mz};
    const auto stated = axes_of(header);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::size_t axis = are_an_order(stated) ? static_cast<std::size_t>(stated[i] - 1) : i;
        header.set_integer(sampling_fields[axis], samples[i]);
        header.set_real(cell_fields[axis], cell_edge(voxel_angstrom[axis], spanned[i]));
    }
}

void set_frames(Header& header, std::int64_t frames, double section_voxel) {
    const auto axes = axes_of(header);
    const std::size_t axis = are_an_order(axes) ? static_cast<std::size_t>(axes[2] - 1) : 2;
    const std::int64_t before = header.nz();
    const auto voxel = voxel_as_written(header);
    const std::int64_t samples = header.integer(sampling_fields[axis]);
    const bool compressed = header.integer(HeaderField::mode) >= codec_factor;
    const bool stack_of_images = !is_volume_group(header.integer(HeaderField::ispg)) && samples == 1;
    const bool counts_all = samples == before && !stack_of_images && !mz_counts_slices(header);
    header.set_integer(HeaderField::nz, frames);
    if (counts_all) header.set_integer(sampling_fields[axis], frames);
    if (!compressed && is_volume_stack_group(header.integer(HeaderField::ispg)) &&
        frames % std::max<std::int64_t>(1, samples) != 0) {
        header.set_integer(HeaderField::ispg, 0);  // no whole volumes any more: images
        header.set_integer(sampling_fields[axis], 1);
    }
    const double wanted = before > 0 ? voxel[axis] : section_voxel;
    if (frames == before || !std::isfinite(wanted) || voxel_as_written(header)[axis] == wanted) return;
    header.set_real(cell_fields[axis], cell_edge(wanted, voxels_along_cell(header)[axis]));
}

void set_statistics(Header& header, const FrameStatistics& statistics) {
    const FrameStatistics stated = statistics_to_state(header, statistics);
    const bool states_range = std::isfinite(stated.minimum) && std::isfinite(stated.maximum);
    const bool states_mean = states_range && std::isfinite(stated.mean);
    const bool states_deviation = states_range && std::isfinite(stated.standard_deviation);
    const bool was_signed = mode0_is_signed(header);
    if (states_range || !range_tells_unsigned(header)) {
        header.set_real(HeaderField::dmin, states_range ? static_cast<float>(stated.minimum) : 0);
        header.set_real(HeaderField::dmax, states_range ? static_cast<float>(stated.maximum) : -1);
    }
    const float least = std::min(header.real(HeaderField::dmin), header.real(HeaderField::dmax));
    header.set_real(HeaderField::dmean, states_mean ? static_cast<float>(stated.mean) : below(least));
    header.set_real(HeaderField::rms, states_deviation ? static_cast<float>(stated.standard_deviation) : -1);
    if (is_of_bytes(header) && mode0_is_signed(header) != was_signed) declare_sign(header, was_signed);
}

}  // namespace mrcz::header
