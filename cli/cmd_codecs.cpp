#include <fmt/format.h>

#include <iostream>

#include "mrcz/convert_file.hpp"
#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

std::string abilities(const CodecInfo& codec) {
    if (codec.reads && codec.writes) return "read, write";
    return codec.reads ? "read" : "-";
}

std::string levels(const CodecInfo& codec) {
    if (codec.greatest_level == 0) return "-";
    return fmt::format("{}-{} ({})", codec.least_level, codec.greatest_level, codec.default_level);
}

std::string speed(const CodecInfo& codec) { return codec.speed == 0 ? "-" : fmt::format("{}", codec.speed); }

constexpr std::string_view chunks_read =
    "Ids 1-6: chunks of c-blosc, and of c-blosc2 as python-mrcz 0.6 writes them, are read in this build.\n"
    "MB/s: compressing counts, a thread, on one processor; for comparison, and for --min-speed.\n";

}  // namespace

int run_codecs(const std::vector<std::string>& arguments) {
    CLI::App app("What this build can read and write.\n\nExample: mrcz codecs --json", "mrcz codecs");
    Options options;
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    if (!options.json)
        std::cout << fmt::format("{:>2}  {:<8} {:<12} {:<9} {:>5}  {}\n", "id", "name", "here", "levels", "MB/s", "");
    for (const CodecInfo& codec : codecs()) {
        if (options.json) {
            std::cout << json_report(codec) << '\n';
        } else {
            std::cout << fmt::format("{:>2}  {:<8} {:<12} {:<9} {:>5}  {}{}{}\n", codec.id, codec.name,
                                     abilities(codec), levels(codec), speed(codec), codec.summary,
                                     codec.why_not.empty() ? "" : "; ", codec.why_not);
        }
    }
    if (!options.json) std::cout << chunks_read;
    for (const ContainerInfo& container : containers()) {
        if (options.json) std::cout << json_report(container) << '\n';
        if (!options.json && !container.here) std::cout << fmt::format("{}: {}\n", container.name, container.why_not);
    }
    return 0;
}

}  // namespace mrcz::cli
