#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>

#include "inputs.hpp"
#include "metadata_file.hpp"
#include "mrcz/provenance.hpp"
#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

void line(std::string_view name, const std::string& value) { std::cout << fmt::format("  {:<12} {}\n", name, value); }

/// Header text comes from anywhere: control characters must not reach the terminal.
std::string plain_text(std::string_view text) {
    std::string plain;
    for (const char character : text)
        plain += static_cast<unsigned char>(character) < 0x20 || character == 0x7f ? '?' : character;
    return plain;
}

std::string voxel_text(const Header& header) {
    const auto voxel = header.voxel_angstrom();
    if (voxel[0] == 0 && voxel[1] == 0) return "unknown";
    if (voxel[2] == 0) return fmt::format("{:.6g} x {:.6g} A, unknown along z", voxel[0], voxel[1]);
    return fmt::format("{:.6g} x {:.6g} x {:.6g} A", voxel[0], voxel[1], voxel[2]);
}

std::string known_numbers(const std::array<std::pair<std::string_view, double>, 4>& numbers) {
    std::string text;
    for (const auto& [name, value] : numbers)
        if (!std::isnan(value)) text += fmt::format("{}{} {:.6g}", text.empty() ? "" : ", ", name, value);
    return text.empty() ? "unknown" : text;
}

/// The header's, and for those that it leaves open the footer's: a header holds nothing that is true of some pixels
/// only.
std::string statistics_text(const Reader& reader) {
    FrameStatistics found = reader.header().statistics();
    const FrameStatistics kept = combined(reader.statistics(), pixel_count(reader.frame_format()));
    const auto fill = [](double& open, double known) { open = std::isnan(open) ? known : open; };
    fill(found.minimum, kept.minimum);
    fill(found.maximum, kept.maximum);
    fill(found.mean, kept.mean);
    fill(found.standard_deviation, kept.standard_deviation);
    const std::string text = known_numbers(
        {{{"min", found.minimum}, {"max", found.maximum}, {"mean", found.mean}, {"std", found.standard_deviation}}});
    return kept.nan_count == 0 ? text : fmt::format("{}, NaN pixels {}", text, kept.nan_count);
}

std::string value_text(const ExtendedField& field) {
    struct Text {
        std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
        std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
        std::string operator()(double number) const { return fmt::format("{:.6g}", number); }
        std::string operator()(const std::string& text) const { return plain_text(text); }
    };
    return std::visit(Text{}, field.value);
}

/// A few fields of the first record; --json has them all.
std::string record_text(const ExtendedHeader& extended) {
    constexpr std::array<std::string_view, 7> telling{"application", "high_tension", "dose",    "alpha_tilt",
                                                      "tilt_angle",  "pixel_size",   "operator"};
    std::string text;
    if (extended.record_count() == 0) return text;
    for (const ExtendedField& field : extended.record(0)) {
        if (std::ranges::find(telling, field.name) == telling.end()) continue;
        text += fmt::format("{}{} {}{}{}", text.empty() ? "" : ", ", field.name, value_text(field),
                            field.unit.empty() ? "" : " ", field.unit);
    }
    return text;
}

void print_extended_header(const Reader& reader) {
    const ExtendedHeader extended = reader.decoded_extended_header();
    if (extended.kind() == ExtendedHeaderKind::none) return;
    std::string text = fmt::format("{} bytes, {}", extended.bytes(), kind_name(extended.kind()));
    if (extended.record_count() > 0)
        text += fmt::format(", {} record{} of {} bytes", extended.record_count(),
                            extended.record_count() == 1 ? "" : "s", extended.record_bytes());
    if (const std::string first = record_text(extended); !first.empty()) text += fmt::format(": {}", first);
    line("extended", text);
}

/// The ratio is that of the pixels as they are in this file: what it was converted from does not count, nor the footer.
std::string sizes_text(const Reader& reader) {
    const auto data = static_cast<double>(reader.frame_bytes()) * static_cast<double>(reader.frames());
    const std::string file = readable_bytes(reader.file_bytes());
    if (reader.codec().id == 0) return fmt::format("{}, not compressed", file);
    if (reader.frames() == 0) return fmt::format("{}, no frames", file);
    return fmt::format("{} in the file, {} of pixels, ratio {:.2f} ({} pixels stored in {})", file,
                       readable_bytes(static_cast<std::uint64_t>(data)),
                       data / static_cast<double>(std::max<std::uint64_t>(1, reader.stored_data_bytes())),
                       info_of(reader.pixel_type()).name, readable_bytes(reader.stored_data_bytes()));
}

/// `38 frames as segments, 2 as quad`, and the models they share.
std::string coding_text(const Reader& reader, const std::vector<CodingMode>& modes) {
    std::string text;
    for (const CodingMode& mode : modes)
        text += fmt::format("{}{}{} as {}", text.empty() ? "" : ", ", mode.frames,
                            &mode != modes.data() ? ""
                            : mode.frames == 1    ? " frame"
                                                  : " frames",
                            mode.name);
    if (reader.models() == 0) return text + "; no model";
    return text + fmt::format("; {} of {}",
                              reader.models() == 1 ? "a model" : fmt::format("{} models", reader.models()),
                              readable_bytes(reader.model_bytes()));
}

/// How far from a code of single pixels with one histogram: above by what is wasted, below where more is known.
std::string entropy_text(const Reader& reader) {
    const double pixels =
        static_cast<double>(pixel_count(reader.frame_format())) * static_cast<double>(reader.frames());
    const double stored = 8 * static_cast<double>(reader.stored_data_bytes()) / pixels;
    const auto entropy = reader.entropy();
    if (!entropy) return fmt::format("{:.3f} bit/px stored; the order-0 entropy is not recorded", stored);
    if (*entropy == 0) return fmt::format("{:.3f} bit/px stored; all pixels are alike", stored);
    const double above = 100 * (stored / *entropy - 1);
    return fmt::format("{:.3f} bit/px stored, {:.1f} % {} the order-0 entropy of {:.3f}", stored, std::abs(above),
                       above < 0 ? "below" : "above", *entropy);
}

std::string sections_text(const Reader& reader) {
    std::string text;
    const auto sections = reader.sections();
    for (const SectionInfo& section : sections)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", section.id, readable_bytes(section.stored_bytes));
    if (text.empty()) return "none";
    // Converted, live, appended to, repaired: what the ratio may seem to promise does not come back.
    const bool lacks_original = reader.codec().id != 0 && std::ranges::count(sections, "ORIG", &SectionInfo::id) == 0;
    return lacks_original ? text + "; no ORIG: mrcz -d makes a new MRC file" : text;
}

void print_labels(const Header& header) {
    for (std::size_t i = 0; i < Header::label_count; ++i)
        if (!header.label(i).empty()) line("label", plain_text(header.label(i)));
}

void print_frames(const Reader& reader) {
    const auto statistics = reader.statistics();
    if (statistics.empty()) return;
    std::cout << fmt::format("  {:>7} {:>12} {:>12} {:>12} {:>12} {:>8}\n", "frame", "min", "max", "mean", "std",
                             "NaN");
    for (std::size_t i = 0; i < statistics.size(); ++i)
        std::cout << fmt::format("  {:>7} {:>12.6g} {:>12.6g} {:>12.6g} {:>12.6g} {:>8}\n", i, statistics[i].minimum,
                                 statistics[i].maximum, statistics[i].mean, statistics[i].standard_deviation,
                                 statistics[i].nan_count);
}

void print_text(const Reader& reader, bool verbose) {
    const Header& header = reader.header();
    std::cout << reader.name() << '\n';
    line("pixels",
         fmt::format("{} x {} x {} (columns x rows x frames), {}, {}-endian", reader.columns(), reader.rows(),
                     reader.frames(), info_of(reader.pixel_type()).name, reader.is_big_endian() ? "big" : "little"));
    if (reader.volume_sections() > 0)
        line("volumes",
             fmt::format("{} of {} sections", reader.frames() / reader.volume_sections(), reader.volume_sections()));
    line("voxel", voxel_text(header));
    line("statistics", statistics_text(reader));
    line("codec", fmt::format("{}{}", reader.codec().name,
                              reader.has_random_access() ? "" : " (no index: frames are found by walking)"));
    line("size", sizes_text(reader));
    if (const auto modes = reader.coding_modes(); !modes.empty()) {
        line("coding", coding_text(reader, modes));
        line("entropy", entropy_text(reader));
    }
    print_extended_header(reader);
    line("footer", sections_text(reader));
    for (const std::string& correction : corrections_in(reader.provenance())) line("corrected", correction);
    print_labels(header);
    for (const Finding& finding : reader.findings())
        line("finding", fmt::format("{} {} {}: {}", severity_name(finding.severity), finding.rule, finding.field,
                                    finding.message));
    if (const auto metadata = reader.metadata()) std::cout << "  metadata\n" << metadata->to_json(true) << '\n';
    if (verbose) print_frames(reader);
}

}  // namespace

int run_info(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Show what a file says of itself; no pixel is read.\n\n"
        "Example: mrcz info --json movie.mrcz | jq '.header[\"CELLA.X\"]'",
        "mrcz info");
    Options options;
    bool metadata_only = false;
    add_inputs(app, options);
    add_selection(app, options);
    app.add_flag("--metadata", metadata_only, "print the metadata document and nothing else");
    app.add_option("--metadata-format", options.metadata_format,
                   "with --metadata: json as stored or exact, msgpack; readable JSON otherwise");
    add_mode0(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    if (!metadata_only && !options.metadata_format.empty())
        throw Error(ErrorCode::invalid_argument, "--metadata-format belongs to --metadata");
    gather_inputs(options, InputKind::compressed);
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        const Reader reader = open_reader(input_named(name), {}, options.mode0, context);
        if (metadata_only) {
            print_metadata(options, reader);
        } else if (options.json) {
            std::cout << info_json(reader) << '\n';
        } else {
            print_text(reader, options.verbose > 0);
        }
    });
}

}  // namespace mrcz::cli
