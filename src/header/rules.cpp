#include "header/rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "header/axes.hpp"
#include "header/dialect_rules.hpp"
#include "header/imod.hpp"
#include "header/modes.hpp"

namespace mrcz::header {
namespace {

using Message = RuleMessage;

struct Rule {
    std::string_view id;
    Severity severity;
    HeaderField field;
    Message (*check)(const OrderedHeader&);
};

Message map_id(const OrderedHeader& in) {
    if (in.header.text(HeaderField::map).substr(0, 3) == "MAP") return {};
    return concat("'", printable(in.header.text(HeaderField::map)), "' where 'MAP ' is expected (files before 2000)");
}

Message machine_stamp(const OrderedHeader& in) {
    if (imod::old_origin(in.header, in.order)) return {};  // a coordinate stands there
    const std::string_view stamp = in.header.text(HeaderField::machst).substr(0, 2);
    const bool little = stamp == "DD" || stamp == "DA";
    const bool big = stamp == "\x11\x11";
    if (!little && !big) return concat("'", printable(stamp), "' is none of 44 44, 44 41, 11 11");
    if (little == (in.order == ByteOrder::little)) return {};
    return std::string("contradicts the header's numbers, which were believed");
}

Message version(const OrderedHeader& in) {
    const std::int64_t found = in.header.integer(HeaderField::nversion);
    if (found == 20140 || found == 20141 || dialect::has_ccp4_skew(in.header)) return {};
    return concat(found, " instead of 20140 or 20141");
}

Message mode(const OrderedHeader& in) {
    const auto* row = find_mode(static_cast<std::int32_t>(in.header.integer(HeaderField::mode) % codec_factor));
    if (row == nullptr || row->standard) return {};
    return concat(row->mode, " is ", row->note, ", not in MRC2014");
}

Message cell(const OrderedHeader& in) {
    std::array<float, 3> edges{in.header.real(HeaderField::cell_a), in.header.real(HeaderField::cell_b),
                               in.header.real(HeaderField::cell_c)};
    const auto odd = std::find_if(edges.begin(), edges.end(), [](float edge) { return !is_cell_edge(edge); });
    if (odd == edges.end()) return {};
    return concat(static_cast<double>(*odd), " is no cell edge in Angstrom; the pixel size is not to be trusted");
}

Message sampling(const OrderedHeader& in) {
    const bool compressed = in.header.integer(HeaderField::mode) >= codec_factor;
    if (dialect::has_shifted_sampling(in.header)) return {};
    if (compressed && in.header.integer(HeaderField::mz) == 0) return {};  // MRCZ means an array by it
    for (const HeaderField field : {HeaderField::mx, HeaderField::my, HeaderField::mz})
        if (in.header.integer(field) <= 0)
            return concat(info_of(field).name, " is ", in.header.integer(field), "; pixel size taken as CELLA / N");
    return {};
}

Message axes(const OrderedHeader& in) {
    const auto found = axes_of(in.header);
    if (are_an_order(found) || is_y_inverted(in.header) || dialect::has_cell_overflow(in.header)) return {};
    return concat(found[0], " ", found[1], " ", found[2], " is no order of the axes 1, 2, 3; 1 2 3 assumed");
}

Message statistics(const OrderedHeader& in) {
    for (const HeaderField field : {HeaderField::dmin, HeaderField::dmax, HeaderField::dmean, HeaderField::rms})
        if (!std::isfinite(in.header.real(field))) return concat(info_of(field).name, " is not a finite number");
    return {};
}

Message labels(const OrderedHeader& in) {
    std::int64_t used = 0;
    for (std::size_t i = 0; i < Header::label_count; ++i) used += in.header.label(i).empty() ? 0 : 1;
    if (used == in.header.integer(HeaderField::nlabl)) return {};
    return concat(in.header.integer(HeaderField::nlabl), ", but ", used, " labels hold text");
}

Message extended_type(const OrderedHeader& in) {
    if (in.header.integer(HeaderField::nsymbt) == 0 || dialect::has_ccp4_skew(in.header)) return {};
    const std::string_view found = in.header.text(HeaderField::exttyp);
    constexpr std::array<std::string_view, 8> known{"CCP4", "MRCO", "SERI", "AGAR", "FEI1", "FEI2", "HDF5", "json"};
    if (std::find(known.begin(), known.end(), found) != known.end()) return {};
    const bool blank = found.find_first_not_of(std::string_view(" \0", 2)) == std::string_view::npos;
    if (blank) return std::string("blank, although there is an extended header (CCP4 and older programs leave it so)");
    return concat("'", printable(found), "' names no known kind of extended header");
}

Message mixed_order(const OrderedHeader& in) {
    if (!in.mode_is_little_in_big) return {};
    return std::string("little-endian in a big-endian header, as python-mrcz up to 0.5 writes it");
}

constexpr std::array<Rule, 24> rules{{
    {"MRC-H01", Severity::warning, HeaderField::map, map_id},
    {"MRC-H02", Severity::warning, HeaderField::machst, machine_stamp},
    {"MRC-H03", Severity::note, HeaderField::nversion, version},
    {"MRC-H04", Severity::note, HeaderField::mode, mode},
    {"MRC-H05", Severity::warning, HeaderField::cell_a, cell},
    {"MRC-H06", Severity::note, HeaderField::mx, sampling},
    {"MRC-H07", Severity::warning, HeaderField::mapc, axes},
    {"MRC-H08", Severity::warning, HeaderField::dmin, statistics},
    {"MRC-H09", Severity::note, HeaderField::nlabl, labels},
    {"MRC-H10", Severity::note, HeaderField::exttyp, extended_type},
    {"MRC-H11", Severity::warning, HeaderField::mode, mixed_order},
    {"MRC-H12", Severity::note, HeaderField::mapr, dialect::imod_inverted_y},
    {"MRC-H13", Severity::note, HeaderField::origin_x, dialect::imod_negated_origin},
    {"MRC-H14", Severity::note, HeaderField::map, dialect::imod_old_header},
    {"MRC-H15", Severity::warning, HeaderField::ispg, dialect::uneven_volume_stack},
    {"MRC-H16", Severity::note, HeaderField::ispg, dialect::images_or_volume},
    {"MRC-H17", Severity::note, HeaderField::rms, dialect::rms_never_computed},
    {"MRC-H18", Severity::warning, HeaderField::dmin, dialect::impossible_statistics},
    {"MRC-H19", Severity::note, HeaderField::mx, dialect::python_mrcz_shifted_sampling},
    {"MRC-H20", Severity::warning, HeaderField::cell_a, dialect::python_mrcz_cell_overflow},
    {"MRC-H21", Severity::note, HeaderField::nsymbt, dialect::unaligned_pixels},
    {"MRC-H22", Severity::note, HeaderField::exttyp, dialect::ccp4_skew},
    {"MRC-H23", Severity::note, HeaderField::label, dialect::eman_ctf_label},
    {"MRC-H24", Severity::note, HeaderField::mode, dialect::unsigned_bytes},
}};

}  // namespace

std::vector<RuleInfo> header_rules() {
    std::vector<RuleInfo> infos;
    for (const Rule& rule : rules) infos.push_back({rule.id, rule.severity});
    return infos;
}

std::vector<Finding> check_rules(const OrderedHeader& ordered) {
    std::vector<Finding> findings;
    for (const Rule& rule : rules)
        if (auto message = rule.check(ordered))
            findings.push_back(
                {rule.severity, std::string(rule.id), std::string(info_of(rule.field).name), *std::move(message)});
    return findings;
}

}  // namespace mrcz::header
