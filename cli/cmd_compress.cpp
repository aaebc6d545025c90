#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "options.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

constexpr std::array<std::pair<std::string_view, Filter>, 4> filters{{
    {"auto", Filter::automatic},
    {"bitshuffle", Filter::bitshuffle},
    {"byteshuffle", Filter::byteshuffle},
    {"none", Filter::none},
}};

Filter filter_named(const std::string& name) {
    for (const auto& [known, filter] : filters)
        if (known == name) return filter;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("filter '{}': expected auto, bitshuffle, byteshuffle or none", name));
}

/// JSON unless it begins as a MessagePack map or array does.
Metadata parse_metadata(const std::string& bytes) {
    const unsigned char first = bytes.empty() ? '{' : static_cast<unsigned char>(bytes[0]);
    const bool is_msgpack = (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
    if (is_msgpack) return Metadata::from_msgpack(std::as_bytes(std::span(bytes)));
    return Metadata::from_json(bytes);
}

std::string read_text(const std::string& path) {
    if (std::filesystem::is_directory(path))
        throw Error(ErrorCode::invalid_argument, "is a folder; --metadata takes a JSON or MessagePack file", path);
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_failed,
                    fmt::format("cannot read the metadata: {}", std::generic_category().message(errno)), path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<Metadata> read_metadata(const Options& options) {
    if (options.metadata_file.empty() && options.metadata_format.empty()) return std::nullopt;
    if (options.metadata_file.empty())
        throw Error(ErrorCode::invalid_argument, "--metadata-format says how --metadata FILE is stored: give both");
    const std::string bytes = read_text(options.metadata_file);
    try {
        Metadata metadata = parse_metadata(bytes);
        if (options.metadata_format.empty()) return metadata;
        if (options.metadata_format == "json") return metadata.converted_to(MetadataFormat::json);
        if (options.metadata_format == "msgpack") return metadata.converted_to(MetadataFormat::msgpack);
    } catch (const Error& error) {
        throw error.within(options.metadata_file);
    }
    throw Error(ErrorCode::invalid_argument,
                fmt::format("metadata format '{}': expected json or msgpack", options.metadata_format));
}

CompressOptions compress_options(const Options& options) {
    if (find_codec(options.codec) == nullptr)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("codec '{}': there is none of that name; `mrcz codecs` lists them", options.codec));
    CompressOptions chosen;
    chosen.codec = options.codec;
    chosen.coding.level = options.level;
    chosen.coding.filter = filter_named(options.filter);
    if (!options.block_size.empty()) chosen.coding.block_bytes = parse_size(options.block_size);
    chosen.metadata = read_metadata(options);
    chosen.mode0 = options.mode0;
    chosen.dtype = chosen_dtype(options);
    chosen.allowed = options.allowed;
    chosen.live = live_options(options);
    return chosen;
}

/// `mrcz *` in a folder of both: an archive of an archive is not what anybody wants.
void refuse_compressed_name(const Options& options, const std::string& name) {
    const bool compressed = name.ends_with(".mrcz") || name.ends_with(".mrczs");
    if (compressed && options.output.empty() && !options.to_stdout)
        throw Error(ErrorCode::invalid_argument,
                    "is compressed by its name; to compress it anew name the output with -o", name);
}

/// X.mrc and X.mrc.gz would both become X.mrcz, the second over the first.
void refuse_shared_outputs(const Options& options) {
    if (!options.output.empty() || options.to_stdout) return;
    std::set<std::string> outputs;
    for (const std::string& input : options.inputs)
        if (const std::string output = compressed_name(input); input != "-" && !outputs.insert(output).second)
            throw Error(ErrorCode::invalid_argument, fmt::format("two of the inputs would become {}", output));
}

}  // namespace

int run_compress(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Compress MRC files so that they can be restored byte for byte.\n\n"
        "X.mrc becomes X.mrcz, X.mrcs becomes X.mrczs, other names get .mrcz behind them.\n\n"
        "Example: mrcz compress -T4 movie.mrc        writes movie.mrcz",
        "mrcz compress");
    Options options;
    add_inputs(app, options);
    add_output(app, options);
    add_coding(app, options);
    add_conversion(app, options);
    add_mode0(app, options);
    add_live(app, options, "OUTPUT grows under its name while frames arrive through a pipe");
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    const CompressOptions chosen = compress_options(options);
    refuse_shared_outputs(options);
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        refuse_compressed_name(options, name);
        const auto started = std::chrono::steady_clock::now();
        const Output output = output_for(options, name, compressed_name, true);
        const JobResult result = compress(input_named(name), output, chosen, context);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        report(options, "compress", name, output.descriptor ? "-" : output.path.string(), result, taken.count());
    });
}

}  // namespace mrcz::cli
