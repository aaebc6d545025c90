#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "file_job.hpp"
#include "inputs.hpp"
#include "metadata_file.hpp"
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

/// Smaller ones are nothing but heads of blocks.
std::uint64_t chosen_block_bytes(const std::string& text) {
    constexpr std::uint64_t least = 4096;
    constexpr std::uint64_t most = std::uint64_t{1} << 30;
    const std::uint64_t bytes = parse_size(text);
    if (bytes < least || bytes > most)
        throw Error(ErrorCode::invalid_argument, fmt::format("--block-size {}: expected 4k to 1024M", text));
    return bytes;
}

CompressOptions compress_options(const Options& options) {
    if (options.codec != "auto" && options.min_speed > 0)
        throw Error(ErrorCode::invalid_argument, "--min-speed says which codecs --codec auto may take: give both");
    if (options.codec != "auto" && find_codec(options.codec) == nullptr)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("codec '{}': there is none of that name; `mrcz codecs` lists them", options.codec));
    CompressOptions chosen;
    chosen.codec = options.codec;
    if (options.min_speed > 0) chosen.least_speed = options.min_speed;
    chosen.coding.level = options.level;
    chosen.coding.filter = filter_named(options.filter);
    if (!options.block_size.empty()) chosen.coding.block_bytes = chosen_block_bytes(options.block_size);
    chosen.metadata = read_metadata(options);
    chosen.mode0 = options.mode0;
    chosen.dtype = chosen_dtype(options);
    chosen.allowed = options.allowed;
    chosen.live = live_options(options);
    chosen.keep_sum = options.keep_sum;
    return chosen;
}

/// `mrcz *` in a folder of both: an archive of an archive is not what anybody wants.
void refuse_compressed_name(const Options& options, const std::string& name) {
    const bool compressed = name.ends_with(".mrcz") || name.ends_with(".mrczs");
    if (compressed && options.output.empty() && !options.to_stdout)
        throw Error(ErrorCode::invalid_argument,
                    "is compressed by its name; to compress it anew name the output with -o", name);
}

/// Said while the name is still known: nothing in the compressed file tells it.
void warn_of_lost_name(const Options& options, const std::string& name, const RunContext& context) {
    if (!options.output.empty() || options.to_stdout || name == "-" || !context.log) return;
    if (returns_under_its_name(name)) return;
    context.log(
        fmt::format("{}: no ending of MRC files; `mrcz -d` will restore it as {}", name, restored_name_of(name)));
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
    add_selection(app, options);
    add_output(app, options);
    add_tree_output(app, options);
    add_coding(app, options);
    add_conversion(app, options);
    app.add_flag("--keep-sum", options.keep_sum, "also store the sum of all frames, for corrections (`mrcz process`)");
    add_mode0(app, options);
    add_live(app, options, "OUTPUT grows under its name while frames arrive through a pipe");
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    const CompressOptions chosen = compress_options(options);
    gather_inputs(options, InputKind::plain);
    FileJob job;
    job.derive_name = compressed_name;
    job.output_is_compressed = true;
    job.run = [&](const Input& input, const Output& output, const RunContext& context) {
        refuse_compressed_name(options, input.display_name());
        JobResult result = compress(input, output, chosen, context);
        if (!input.descriptor) warn_of_lost_name(options, input.display_name(), context);
        return result;
    };
    job.prove = [](const Input& input, const std::filesystem::path& output, const RunContext& context) {
        prove_compressed(input, output, {}, context);
    };
    job.state = [&chosen](const std::filesystem::path& input, const std::filesystem::path& output,
                          const RunContext& context) {
        return compressed_output_state(input, output, chosen.dtype, context);
    };
    return run_file_job(options, job);
}

}  // namespace mrcz::cli
