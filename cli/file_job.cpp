#include "file_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>

#include "mrcz/reports.hpp"
#include "output.hpp"

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

void refuse_contradictions(const Options& options) {
    const bool has_stdin = !options.gathered || std::ranges::count(options.inputs, "-") > 0;
    const bool to_stdout = options.to_stdout || options.output == "-" || (has_stdin && options.output.empty());
    if (!options.output_dir.empty() && !options.output.empty()) refuse("-o and --output-dir contradict each other");
    if (!options.output_dir.empty() && options.to_stdout) refuse("-c and --output-dir contradict each other");
    if (!options.output_dir.empty() && has_stdin) refuse("standard input has no name for --output-dir; use -o");
    if (options.remove_inputs && options.keep) refuse("-k and --rm contradict each other");
    if (options.remove_inputs && (to_stdout || has_stdin))
        refuse("--rm works from file to file: what goes through a pipe cannot be read again and proven");
    if (options.remove_inputs && (!options.dtype.empty() || options.live))
        refuse("--rm needs outputs that give the input back; --dtype and --live make none");
    if (options.skip_done && options.live)
        refuse("--skip-done knows outputs by the input that they give back, and those of --live give none");
    if (options.skip_done && (to_stdout || has_stdin)) refuse("--skip-done works from file to file, not on pipes");
    if (options.remove_inputs && options.recursive && !options.shard.empty())
        refuse(
            "--rm changes the folder while other shards list it; give all of them the same --filelist instead of -r");
}

/// A name that --rm may take away. Throws before any work is done.
void refuse_link(const Options& options, const std::string& input) {
    std::error_code ignored;
    if (fs::is_symlink(input, ignored) && !options.force)
        throw Error(ErrorCode::invalid_argument,
                    "is a symbolic link; --rm removes the link, not the file behind it, and only with -f", input);
}

/// Whether the output is there already, as --skip-done wants it. Otherwise `output` may be replaced where it is the
/// unfinished work of an earlier run; what is whole or strange is replaced with -f only.
bool is_done(const Options& options, const std::string& input, Output& output, const FileJob& job,
             const RunContext& context) {
    std::error_code ignored;
    const bool input_is_gone = !fs::exists(input, ignored);
    switch (job.state(input, output.path, context)) {
        case OutputState::complete:
            return !input_is_gone || options.remove_inputs;
        case OutputState::incomplete:
            output.overwrite = true;
            return false;
        case OutputState::outdated:
            if (options.force) return false;
            throw Error(ErrorCode::target_exists, fmt::format("is complete, but older than {}; -f replaces it", input),
                        output.path.string());
        case OutputState::foreign:
            if (options.force) return false;
            throw Error(ErrorCode::target_exists,
                        fmt::format("is there already, and is not what would be made of {}; remove it, or replace it "
                                    "with -f",
                                    input),
                        output.path.string());
        case OutputState::unfinished:
            throw Error(ErrorCode::target_exists,
                        "frames are being appended to it, or an append was interrupted; wait, or run `mrcz repair`",
                        output.path.string());
        case OutputState::absent:
            break;
    }
    return false;
}

void report_skipped(const Options& options, const std::string& input, const std::string& output) {
    if (options.json) {
        json_stream(options) << json_report(options.verb, input, output, "done") << std::endl;
    } else if (options.verbose > 0) {
        std::cerr << fmt::format("{} -> {}: done already\n", input, output);
    }
}

void remove_when_proven(const std::string& input, const fs::path& output, const FileStamp& before, const FileJob& job,
                        RunContext context) {
    context.progress = nullptr;
    try {
        if (!fs::is_regular_file(output)) throw Error(ErrorCode::invalid_argument, "is no regular file", output);
        job.prove(Input::file(input), output, context);
        remove_unchanged(input, before);
    } catch (const Error& error) {
        throw Error(error.code(), fmt::format("is kept, --rm removes only what is proven: {}", error.what()), input);
    }
}

void convert_one(const Options& options, const std::string& input, const FileJob& job, const RunContext& context) {
    const auto started = std::chrono::steady_clock::now();
    Output output = output_for(options, input, job.derive_name, job.output_is_compressed);
    const std::string name = output.descriptor ? "-" : output.path.string();
    const bool done = options.skip_done && is_done(options, input, output, job, context);
    std::error_code ignored;
    const bool removes = options.remove_inputs && (!done || fs::exists(input, ignored));
    if (removes) refuse_link(options, input);
    const auto before = removes ? std::optional(FileStamp::of(input)) : std::nullopt;
    if (done) {
        if (before) remove_when_proven(input, output.path, *before, job, context);
        return report_skipped(options, input, name);
    }
    const JobResult result = job.run(input_named(input), output, context);
    if (before) remove_when_proven(input, output.path, *before, job, context);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
    report(options, options.verb, input, name, result, taken.count());
}

}  // namespace

int run_file_job(const Options& options, const FileJob& job) {
    refuse_contradictions(options);
    refuse_shared_outputs(options, job.derive_name);
    return for_each_input(options, [&](const std::string& input, const RunContext& context) {
        convert_one(options, input, job, context);
    });
}

}  // namespace mrcz::cli
