#include "c_mrcz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "file_job.hpp"
#include "output.hpp"

namespace mrcz::cli {
namespace {

struct Arguments {
    std::string input;
    std::string output;
    std::string codec = "zstd";
    std::uint64_t block_bytes = 131072;
    int level = 1;
    int filter = 2;
    unsigned threads = 4;
};

constexpr std::array<Filter, 3> filters{Filter::none, Filter::byteshuffle, Filter::bitshuffle};
constexpr std::uint64_t least_block_bytes = 4096;

void add_arguments(CLI::App& app, Arguments& arguments) {
    app.add_option("-i", arguments.input, "MRC or MRCZ file to read")->required();
    app.add_option("-o", arguments.output, "file to write; replaced when it is there")->required();
    app.add_option("-c", arguments.codec, "none, lz4, lz4hc, zlib, zstd, ...")->capture_default_str();
    app.add_option("-B", arguments.block_bytes, "bytes of a block")->capture_default_str();
    app.add_option("-l", arguments.level, "level, 0 to 9")->check(CLI::Range(0, 9))->capture_default_str();
    app.add_option("-f", arguments.filter, "0 none, 1 byte-shuffle, 2 bit-shuffle")
        ->check(CLI::Range(0, 2))
        ->capture_default_str();
    app.add_option("-n", arguments.threads, "threads")->check(CLI::Range(0, 1024))->capture_default_str();
}

/// In any case of letters: Python spells it `None`.
std::string codec_named(std::string name) {
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::tolower(letter); });
    if (name == "none" || find_codec(name) != nullptr) return name;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("-c {}: there is no such codec; `mrcz codecs` lists them, and none is plain MRC", name));
}

CompressOptions compress_options(const Arguments& arguments) {
    CompressOptions chosen;
    chosen.codec = codec_named(arguments.codec);
    chosen.coding.level = std::max(1, arguments.level);  // 0 means stored as it is: the fastest level does no harm
    chosen.coding.filter = filters[static_cast<std::size_t>(arguments.filter)];
    chosen.coding.block_bytes = std::max(arguments.block_bytes, least_block_bytes);
    return chosen;
}

}  // namespace

bool is_c_mrcz_syntax(const std::vector<std::string>& arguments) { return !arguments.empty() && arguments[0] == "-i"; }

int run_c_mrcz(const std::vector<std::string>& words) {
    CLI::App app(
        "The syntax of c-mrcz, kept for scripts that have it: it is meant when the first argument is -i.\n\n"
        "Example: mrcz -i movie.mrc -o movie.mrcz -c zstd -B 131072 -l 1 -f 2 -n 4",
        "mrcz -i");
    Arguments arguments;
    add_arguments(app, arguments);
    int exit_code = 0;
    if (!parse(app, words, exit_code)) return exit_code;
    const CompressOptions chosen = compress_options(arguments);
    Options options;
    options.inputs = {arguments.input};
    options.output = arguments.output;
    options.force = true;
    options.gathered = true;
    options.threads = arguments.threads;
    options.verb = chosen.codec == "none" ? "decompress" : "compress";
    FileJob job;
    job.run = [&](const Input& input, const Output& output, const RunContext& context) {
        if (chosen.codec == "none") return decompress(input, output, {}, context);
        return compress(input, output, chosen, context);
    };
    return run_file_job(options, job);
}

}  // namespace mrcz::cli
