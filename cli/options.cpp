#include "options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iostream>

#include "manual.hpp"
#include "mrcz/error.hpp"

namespace mrcz::cli {
namespace {

/// zstd's -19 would otherwise be read as -1 -9, and -10 as -1 and a file named -0.
void refuse_high_levels(const CLI::App& app, const std::vector<std::string>& arguments) {
    if (app.get_option_no_throw("-1") == nullptr) return;
    for (const std::string& argument : arguments) {
        if (argument == "--") return;
        const bool is_number = argument.size() > 1 && argument[0] == '-' &&
                               argument.find_first_not_of("0123456789", 1) == std::string::npos;
        if (is_number && (argument.size() > 2 || argument == "-0"))
            throw CLI::ValidationError(fmt::format("{}: levels are -1 to -9", argument));
    }
}

/// CLI11 says "The following argument was not expected: --foo" and "--output: 1 required TEXT missing".
std::string plain_words(const CLI::ParseError& error) {
    const std::string text = error.what();
    const std::size_t colon = text.find(": ");
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && colon != std::string::npos)
        return "unknown option" + text.substr(colon);
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && colon != std::string::npos)
        return text.substr(0, colon) +
               (text.find("received") == std::string::npos ? ": its value is missing" : ": given more than once");
    return text;
}

}  // namespace

void add_inputs(CLI::App& app, Options& options) {
    app.add_option("FILE", options.inputs, "files to read; - is standard input, and so is none")->allow_extra_args();
}

void add_output(CLI::App& app, Options& options) {
    options.makes_files = true;
    app.add_option("-o,--output", options.output, "write to this file (one input only); - is standard output");
    app.add_flag("-c,--stdout", options.to_stdout, "write to standard output");
    app.add_flag("-f,--force", options.force, "replace existing files, write to a terminal");
    app.add_flag("-k,--keep", options.keep, "keep the input (the default)");
}

void add_selection(CLI::App& app, Options& options) {
    app.add_flag("-r,--recursive", options.recursive, "of folders take the files in them that fit, at any depth");
    app.add_option("--filelist", options.file_lists,
                   "read names of files from this file, one a line; - is standard input")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--shard", options.shard,
                   "take every N-th file, beginning with I = 0 ... N-1; slurm: I and N from the job array")
        ->type_name("I/N");
}

void add_tree_output(CLI::App& app, Options& options) {
    app.add_option("--output-dir", options.output_dir,
                   "write into this folder, which repeats the tree below that of -r")
        ->type_name("DIR");
    app.add_flag("--skip-done", options.skip_done, "leave out files whose output is there, complete and not older");
    app.add_flag("--rm", options.remove_inputs, "remove each input once its output is read again and proven");
}

void add_talking(CLI::App& app, Options& options) {
    app.add_flag("-q,--quiet", options.quiet, "no summary; twice: no warnings either");
    app.add_flag("-v,--verbose", options.verbose, "say more");
    app.add_flag("--no-progress", options.no_progress, "no progress bar");
}

void add_json(CLI::App& app, Options& options) {
    options.verb = app.get_name().substr(app.get_name().find(' ') + 1);
    app.add_flag("--json", options.json, "one JSON object a line on standard output");
}

void add_threads(CLI::App& app, Options& options) {
    app.add_option("-T,--threads", options.threads, "threads; 0: MRCZ_THREADS, SLURM_CPUS_PER_TASK or all cores")
        ->check(CLI::Range(0, 1024).description(""))
        ->type_name("N");
}

namespace {

/// CLI11's own check answers with the largest number there is, all 309 digits of it.
std::string is_speed(std::string& text) {
    double speed = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), speed);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return is_number && speed > 0 && std::isfinite(speed) ? std::string() : text + " is no number of MB/s above 0";
}

}  // namespace

void add_coding(CLI::App& app, Options& options) {
    app.add_option("--codec", options.codec,
                   "zstd, lz4, ...: see `mrcz codecs`; auto: what is smallest, measured on some frames")
        ->capture_default_str();
    app.add_option("--min-speed", options.min_speed,
                   "with --codec auto: only codecs that `mrcz codecs` calls as fast, MB/s a thread (100)")
        ->check(CLI::Validator(is_speed, ""))
        ->type_name("MB/S");
    add_level(app, options);
    app.add_option("--block-size", options.block_size, "bytes compressed at a time, 4k or more; 1M is the default");
    app.add_option("--filter", options.filter,
                   "bitshuffle, byteshuffle, none, or auto: what suits frames from all over the stack")
        ->capture_default_str();
    app.add_option("--metadata", options.metadata_file,
                   "JSON or MessagePack file to store in the footer; - is standard input");
    app.add_option("--metadata-format", options.metadata_format, "store it as json or msgpack");
}

void add_level(CLI::App& app, Options& options) {
    for (int level = 1; level <= 9; ++level)
        app.add_flag_callback(
               fmt::format("-{}", level), [&options, level] { options.level = level; },
               level == 1 ? "level: -1 fast ... -9 small" : "")
            ->group(level == 1 ? "Options" : "");
}

void add_live(CLI::App& app, Options& options, const std::string& meaning) {
    app.add_flag("--live", options.live, meaning);
    app.add_option("--commit-frames", options.commit_frames, "with --live: commit after N frames (32), or a second")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 30).description(""))
        ->type_name("N");
}

std::optional<LiveOptions> live_options(const Options& options) {
    if (!options.live && options.commit_frames > 0)
        throw Error(ErrorCode::invalid_argument, "--commit-frames says how often --live commits: give both");
    if (!options.live) return std::nullopt;
    LiveOptions live;
    if (options.commit_frames > 0) live.frames = options.commit_frames;
    return live;
}

void add_mode0(CLI::App& app, Options& options) {
    app.add_option_function<std::string>(
           "--mode0",
           [&options](const std::string& sign) {
               if (sign != "signed" && sign != "unsigned")
                   throw CLI::ValidationError(fmt::format("--mode0 '{}': expected signed or unsigned", sign));
               options.mode0 = sign == "signed" ? Mode0::as_signed : Mode0::as_unsigned;
           },
           "read bytes of MODE 0 as signed or unsigned, whatever the header lets suppose")
        ->type_name("SIGN");
}

void add_conversion(CLI::App& app, Options& options) {
    app.add_option("--dtype", options.dtype, "store pixels as int8, int16, uint16, float16, float32, uint4, ...");
    app.add_flag("--clip", options.allowed.clip, "with --dtype: values beyond its range become its ends");
    app.add_flag("--round", options.allowed.round, "with --dtype: values it does not have become the nearest");
}

bool parse(CLI::App& app, const std::vector<std::string>& arguments, int& exit_code) {
    app.description(app.get_description() + '\n');
    if (answers_for_manual(app, arguments, std::cout)) return false;
    try {
        refuse_high_levels(app, arguments);
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        return true;
    } catch (const CLI::CallForHelp& help) {
        exit_code = app.exit(help);
    } catch (const CLI::ParseError& error) {
        std::cerr << fmt::format("mrcz: {}; `{} --help` shows what there is\n", plain_words(error), app.get_name());
        exit_code = static_cast<int>(ErrorGroup::caller);
    }
    return false;
}

std::optional<PixelType> chosen_dtype(const Options& options) {
    if (options.dtype.empty()) return std::nullopt;
    const auto type = find_pixel_type(options.dtype);
    if (!type)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("dtype '{}': expected int8, int16, uint16, int32, uint32, float16, float32, complex64, "
                                "complex_int16 or uint4",
                                options.dtype));
    return type;
}

std::uint64_t parse_size(const std::string& text) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
    unsigned shift = 0;
    if (!unit.empty() && (unit[0] == 'k' || unit[0] == 'K')) shift = 10;
    if (!unit.empty() && (unit[0] == 'm' || unit[0] == 'M')) shift = 20;
    if (shift != 0) unit.remove_prefix(1);
    const bool unit_known = unit.empty() || (shift != 0 && (unit == "iB" || unit == "B"));
    if (parsed.ec != std::errc() || !unit_known || number == 0 || number > (std::uint64_t{1} << 40))
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("size '{}': expected bytes such as 65536, 64k or 1M", text));
    return number << shift;
}

}  // namespace mrcz::cli
