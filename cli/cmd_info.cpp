#include <fmt/format.h>

#include <cmath>
#include <iostream>

#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

void line(std::string_view name, const std::string& value) { std::cout << fmt::format("  {:<12} {}\n", name, value); }

std::string voxel_text(const Header& header) {
    const auto voxel = header.voxel_angstrom();
    if (voxel[0] == 0 && voxel[1] == 0) return "unknown";
    return fmt::format("{:.6g} x {:.6g} x {:.6g} A", voxel[0], voxel[1], voxel[2]);
}

std::string statistics_text(const Header& header) {
    const float least = header.real(HeaderField::dmin);
    const float greatest = header.real(HeaderField::dmax);
    if (!(greatest >= least)) return "unknown";
    return fmt::format("min {:.6g}, max {:.6g}, mean {:.6g}, std {:.6g}", least, greatest,
                       header.real(HeaderField::dmean), header.real(HeaderField::rms));
}

std::string sizes_text(const Reader& reader) {
    const auto data = static_cast<double>(reader.frame_bytes()) * static_cast<double>(reader.frames());
    if (reader.codec().id == 0) return fmt::format("{}, not compressed", readable_bytes(reader.file_bytes()));
    return fmt::format("{} in the file, {} of pixels, ratio {:.2f}", readable_bytes(reader.file_bytes()),
                       readable_bytes(static_cast<std::uint64_t>(data)),
                       data / static_cast<double>(std::max<std::uint64_t>(1, reader.stored_data_bytes())));
}

std::string sections_text(const Reader& reader) {
    std::string text;
    for (const SectionInfo& section : reader.sections())
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", section.id, readable_bytes(section.stored_bytes));
    return text.empty() ? "none" : text;
}

/// Header text comes from anywhere: control characters must not reach the terminal.
std::string plain_text(std::string_view text) {
    std::string plain;
    for (const char character : text)
        plain += static_cast<unsigned char>(character) < 0x20 || character == 0x7f ? '?' : character;
    return plain;
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

void print_text(const std::string& name, const Reader& reader, bool verbose) {
    const Header& header = reader.header();
    std::cout << name << '\n';
    line("pixels",
         fmt::format("{} x {} x {} (columns x rows x frames), {}, {}-endian", reader.columns(), reader.rows(),
                     reader.frames(), info_of(reader.pixel_type()).name, reader.is_big_endian() ? "big" : "little"));
    line("voxel", voxel_text(header));
    line("statistics", statistics_text(header));
    line("codec", fmt::format("{}{}", reader.codec().name,
                              reader.has_random_access() ? "" : " (no index: frames are found by walking)"));
    line("size", sizes_text(reader));
    if (header.integer(HeaderField::nsymbt) > 0)
        line("extended", fmt::format("{} bytes, '{}'", header.integer(HeaderField::nsymbt),
                                     plain_text(header.text(HeaderField::exttyp))));
    line("footer", sections_text(reader));
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
    app.add_option("FILE", options.inputs, "files to read");
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    return for_each_input(options, [&](const std::string& name, const RunContext&) {
        if (name == "-") throw Error(ErrorCode::invalid_argument, "info reads files, not pipes");
        const Reader reader{std::filesystem::path(name)};
        if (options.json) {
            std::cout << info_json(reader) << '\n';
        } else {
            print_text(name, reader, options.verbose > 0);
        }
    });
}

}  // namespace mrcz::cli
