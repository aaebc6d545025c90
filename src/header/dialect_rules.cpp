#include "header/dialect_rules.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "base/text.hpp"
#include "header/axes.hpp"
#include "header/imod.hpp"
#include "header/modes.hpp"
#include "header/volumes.hpp"

namespace mrcz::header::dialect {
namespace {

const ModeInfo* mode_of(const Header& header) {
    return find_mode(static_cast<std::int32_t>(header.integer(HeaderField::mode) % codec_factor));
}

bool is_compressed(const Header& header) { return header.integer(HeaderField::mode) >= codec_factor; }

bool is_mode_0(const Header& header) {
    const ModeInfo* mode = mode_of(header);
    return mode != nullptr && (mode->mode == 0 || mode->mode == 5);
}

struct Range {
    double least;
    double greatest;
};

/// What whole-numbered pixels can be; nothing for others.
std::optional<Range> range_of(const ModeInfo& mode) {
    switch (mode.type) {
        case PixelType::int8:
            return Range{-128, mode.mode == 17 ? 127.0 : 255.0};  // mode 0 may be unsigned
        case PixelType::int16:
            return Range{-32768, 32767};
        case PixelType::uint16:
            return Range{0, 65535};
        case PixelType::int32:
            return Range{-2147483648.0, 2147483648.0};  // 2147483647 is no float
        case PixelType::uint32:
            return Range{0, 4294967296.0};
        default:
            return std::nullopt;
    }
}

/// Bytes 96 on, which MRC2014 leaves to programs: CCP4's words 25 (skew flag) and 26 to 34 (matrix).
std::int32_t skew_flag(const Header& header) { return load_le<std::int32_t>(header.bytes().data() + 96); }
float skew_matrix(const Header& header, std::size_t element) {
    return load_le<float>(header.bytes().data() + 100 + 4 * element);
}

}  // namespace

bool has_ccp4_skew(const Header& header) noexcept {
    if (skew_flag(header) != 1) return false;
    double squares = 0;
    for (std::size_t i = 0; i < 9; ++i) squares += double{skew_matrix(header, i)} * skew_matrix(header, i);
    return squares > 1e-6 && squares < 1e6;
}

bool has_shifted_sampling(const Header& header) noexcept {
    return header.label(0).starts_with("MRCZ0.") && is_compressed(header) && header.integer(HeaderField::mx) == 0 &&
           header.integer(HeaderField::my) == header.nx() && header.integer(HeaderField::mz) == header.ny();
}

bool has_cell_overflow(const Header& header) noexcept {
    for (const HeaderField field : {HeaderField::mapc, HeaderField::mapr, HeaderField::maps}) {
        const auto edge = std::bit_cast<float>(static_cast<std::int32_t>(header.integer(field)));
        if (!(edge >= 1e-6F && edge < 1e9F)) return false;
    }
    return header.label(0).starts_with("MRCZ0.");
}

RuleMessage imod_inverted_y(const OrderedHeader& in) {
    if (!is_y_inverted(in.header)) return {};
    return std::string(
        "-2: IMOD's mark for rows that run downwards (Y inverted); 1 2 3 assumed, rows stay as they lie");
}

RuleMessage imod_negated_origin(const OrderedHeader& in) {
    const Header& header = in.header;
    const std::array origin{header.real(HeaderField::origin_x), header.real(HeaderField::origin_y),
                            header.real(HeaderField::origin_z)};
    if (!imod::origin_is_negated(header) || origin == std::array{0.F, 0.F, 0.F}) return {};
    return concat("IMOD's, without its flag 4 and NVERSION: the standard's origin is ", double{0 - origin[0]}, " ",
                  double{0 - origin[1]}, " ", double{0 - origin[2]}, " A");
}

RuleMessage imod_old_header(const OrderedHeader& in) {
    const auto origin = imod::old_origin(in.header, in.order);
    if (!origin) return {};
    return concat(
        "none: a header of IMOD up to 2.6.19, with wavelengths and the origin at bytes 196 to 219 and no RMS; ",
        "the standard's origin is ", double{0 - (*origin)[0]}, " ", double{0 - (*origin)[1]}, " ",
        double{0 - (*origin)[2]}, " A");
}

RuleMessage uneven_volume_stack(const OrderedHeader& in) {
    const std::int64_t group = in.header.integer(HeaderField::ispg);
    if (!is_volume_stack_group(group) || volume_sections(in.header) > 0) return {};
    return concat(group, " is a stack of volumes, but NZ ", in.header.nz(), " is no whole number of volumes of ",
                  stated_volume_sections(in.header), " sections; read as a stack of images");
}

RuleMessage images_or_volume(const OrderedHeader& in) {
    const std::int64_t group = in.header.integer(HeaderField::ispg);
    const std::int64_t samples = in.header.integer(HeaderField::mz);
    if (is_compressed(in.header) || in.header.nz() <= 1) return {};
    if (group == 0 && samples == in.header.nz())
        return concat("0 says images, MZ = NZ = ", samples, " says one volume (ChimeraX, EMAN and others write it so)");
    if (is_volume_group(group) && samples == 1)
        return concat(group, " says a volume, MZ 1 says a stack of ", in.header.nz(), " images");
    return {};
}

RuleMessage rms_never_computed(const OrderedHeader& in) {
    const bool varies = in.header.real(HeaderField::dmax) > in.header.real(HeaderField::dmin);
    if (in.header.real(HeaderField::rms) != 0 || !varies) return {};
    return std::string("0 although DMAX exceeds DMIN: never computed, taken as unknown");
}

RuleMessage impossible_statistics(const OrderedHeader& in) {
    const ModeInfo* mode = mode_of(in.header);
    const FrameStatistics found = in.header.statistics();
    if (mode == nullptr || std::isnan(found.minimum)) return {};
    if (found.mean > found.maximum) return concat("DMEAN ", found.mean, " exceeds DMAX ", found.maximum);
    const auto range = range_of(*mode);
    if (!range) return {};
    const bool whole = std::trunc(found.minimum) == found.minimum && std::trunc(found.maximum) == found.maximum;
    const bool both_signs = is_mode_0(in.header) && found.minimum < 0 && found.maximum > 127;
    if (whole && !both_signs && found.minimum >= range->least && found.maximum <= range->greatest) return {};
    return concat(found.minimum, " to ", found.maximum, " are not of pixels of mode ", mode->mode,
                  ": left from before a conversion");
}

RuleMessage python_mrcz_shifted_sampling(const OrderedHeader& in) {
    if (!has_shifted_sampling(in.header)) return {};
    return std::string(
        "0, and NX, NY in MY, MZ, as python-mrcz up to 0.4.1 writes them; pixel size taken as CELLA / N");
}

RuleMessage python_mrcz_cell_overflow(const OrderedHeader& in) {
    if (!has_cell_overflow(in.header)) return {};
    return std::string(
        "floats of CELLA run over CELLB and MAPC to MAPS, as python-mrcz writes a pixelsize of one number; 1 2 3 "
        "assumed");
}

RuleMessage unaligned_pixels(const OrderedHeader& in) {
    const std::int64_t extended = in.header.integer(HeaderField::nsymbt);
    if (extended % 4 == 0) return {};
    return concat(extended, " is no multiple of 4: pixels lie unaligned");
}

RuleMessage ccp4_skew(const OrderedHeader& in) {
    if (!has_ccp4_skew(in.header)) return {};
    return std::string("covered, as NVERSION is, by the skew matrix of older CCP4 maps (words 25 to 37)");
}

RuleMessage eman_ctf_label(const OrderedHeader& in) {
    for (std::size_t i = 0; i < Header::label_count; ++i)
        if (const auto label = in.header.label(i); label.starts_with("!-") || label.starts_with("!$"))
            return concat("label ", i + 1, " holds EMAN's CTF parameters");
    return {};
}

RuleMessage unsigned_bytes(const OrderedHeader& in) {
    if (!is_mode_0(in.header) || mode0_is_signed(in.header)) return {};
    return concat("bytes are unsigned by ", imod::is_stamped(in.header) ? "IMOD's flag" : "DMIN and DMAX",
                  ", signed in MRC2014; --mode0 overrides");
}

}  // namespace mrcz::header::dialect
