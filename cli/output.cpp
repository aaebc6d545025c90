#include "output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <new>
#include <system_error>

#include "mrcz/reports.hpp"
#include "mrcz/thread_executor.hpp"
#include "terminal.hpp"
#include "threads.hpp"

namespace mrcz::cli {
namespace {

/// Said here, because further in it would be said of a temporary file.
void require_folder_of(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.parent_path();
    std::error_code ignored;
    if (!folder.empty() && !std::filesystem::exists(folder, ignored))
        throw Error(ErrorCode::not_found, fmt::format("there is no folder {}; make it first", folder.string()),
                    path.string());
}

void make_folder_of(const std::filesystem::path& path) {
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    if (failed)
        throw Error(ErrorCode::io_failed, fmt::format("cannot make its folder: {}", failed.message()), path.string());
}

RunContext context_of(Executor& executor, ProgressBar& bar, const Options& options) {
    RunContext context;
    context.executor = &executor;
    context.cancel = &interruption();
    context.progress = [&bar](const ProgressUpdate& update) { bar(update); };
    if (options.quiet < 2)
        context.log = [&bar](std::string_view text) {
            bar.erase();
            std::cerr << "mrcz: warning: " << text << '\n';
        };
    return context;
}

}  // namespace

Input input_named(const std::string& name) {
    return name == "-" ? Input::stream(STDIN_FILENO, "standard input") : Input::file(name);
}

Output output_for(const Options& options, const std::string& input, const DeriveName& derive_name,
                  bool output_is_compressed) {
    const bool to_stdout = options.to_stdout || options.output == "-" || (options.output.empty() && input == "-");
    if (!to_stdout) {
        const std::string path = output_path(options, input, derive_name);
        if (!options.output_dir.empty()) make_folder_of(path);
        require_folder_of(path);
        return Output::file(path, options.force);
    }
    if (stdout_is_terminal() && !options.force)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("{} data are not written to a terminal; redirect them, name a file with -o, or force "
                                "with -f",
                                output_is_compressed ? "compressed" : "binary"),
                    "standard output");
    return Output::stream(STDOUT_FILENO);
}

namespace {

void require_one_output(const Options& options, std::size_t inputs) {
    const auto refuse = [](const char* why) { throw Error(ErrorCode::invalid_argument, why); };
    if (inputs > 1 && !options.output.empty()) refuse("-o names one output, but there are several inputs");
    if (options.to_stdout && !options.output.empty() && options.output != "-")
        refuse("-c and -o contradict each other");
    if (inputs > 1 && options.to_stdout) refuse("standard output takes one file: MRC and MRCZ files cannot be joined");
}

Error as_error(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) return *known;
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return {ErrorCode::out_of_memory, error.what()};
    if (dynamic_cast<const std::system_error*>(&error) != nullptr) return {ErrorCode::io_failed, error.what()};
    return {ErrorCode::internal, error.what()};
}

/// By what errno says, which is part of the message.
bool is_without_room(const std::exception& error) {
    const std::string_view text = error.what();
    return exit_code_of(error) == static_cast<int>(ErrorGroup::system) &&
           std::ranges::any_of(std::array{ENOSPC, EDQUOT, EFBIG}, [text](int number) {
               return text.find(std::generic_category().message(number)) != std::string_view::npos;
           });
}

/// Counts what was done and keeps what was not.
class Outcome {
  public:
    Outcome(const Options& options, std::size_t inputs) : options_(options), inputs_(inputs) {}

    /// Without `json`, the error alone.
    void add_failure(const std::string& input, const std::exception& error, const std::string& json = {}) {
        print_error(error);
        worst_ = std::max(worst_, exit_code_of(error));
        failed_.push_back(input);
        if (!options_.json) return;
        json_stream(options_) << (json.empty() ? json_report(options_.verb, input, as_error(error)) : json)
                              << std::endl;
    }
    void add_success() { ++done_; }

    [[nodiscard]] int interrupted() const {
        if (inputs_ > 1) std::cerr << fmt::format("mrcz: interrupted: {} of {} files are done\n", done_, inputs_);
        return static_cast<int>(ErrorGroup::interrupted);
    }

    [[nodiscard]] int stopped() const {
        const std::size_t left = inputs_ - done_ - failed_.size();
        if (left > 0)
            std::cerr << fmt::format("mrcz: stopped: there is no room for outputs; {} of {} not tried\n", left,
                                     inputs_);
        return exit_code();
    }

    [[nodiscard]] int exit_code() const {
        if (inputs_ > 1 && !failed_.empty()) {
            std::cerr << fmt::format("mrcz: {} of {} files failed:\n", failed_.size(), inputs_);
            for (const std::string& name : failed_) std::cerr << "  " << name << '\n';
        }
        return worst_;
    }

  private:
    const Options& options_;
    std::size_t inputs_;
    std::size_t done_ = 0;
    int worst_ = 0;
    std::vector<std::string> failed_;
};

}  // namespace

int for_each_input(const Options& options, const std::function<void(const std::string&, const RunContext&)>& job,
                   const std::function<std::string(const std::string&, const Error&)>& failure_json) {
    std::vector<std::string> inputs = options.inputs;
    if (inputs.empty() && !options.gathered) inputs.emplace_back("-");
    require_one_output(options, inputs.size() + options.unusable.size());
    ThreadExecutor executor(thread_count(options));
    Outcome outcome(options, inputs.size() + options.unusable.size());
    for (const auto& [name, error] : options.unusable) outcome.add_failure(name, error);
    for (const std::string& input : inputs) {
        try {
            ProgressBar bar(input, may_draw() && !options.no_progress && options.quiet == 0);
            job(input, context_of(executor, bar, options));
            outcome.add_success();
        } catch (const std::exception& error) {
            outcome.add_failure(input, error, failure_json ? failure_json(input, as_error(error)) : std::string());
            if (options.stops_when_full && is_without_room(error)) return outcome.stopped();
        }
        if (interruption().is_cancelled()) return outcome.interrupted();
    }
    return outcome.exit_code();
}

std::ostream& json_stream(const Options& options) {
    const bool data_there = options.to_stdout || options.output == "-" ||
                            (options.output.empty() && !options.gathered && options.inputs.empty());
    return data_there && options.makes_files ? std::cerr : std::cout;
}

void report(const Options& options, const std::string& verb, const std::string& input, const std::string& output,
            const JobResult& result, double seconds) {
    const auto larger = static_cast<double>(std::max(result.bytes_in, result.bytes_out));
    const bool restores = verb == "decompress";
    const auto plain = static_cast<double>(restores ? result.bytes_out : result.bytes_in);
    const auto stored = static_cast<double>(std::max<std::uint64_t>(1, restores ? result.bytes_in : result.bytes_out));
    if (options.json) {
        auto& stream = output == "-" ? std::cerr : std::cout;
        stream << json_report(verb, input, output, result, seconds) << std::endl;
        return;
    }
    if (options.quiet > 0 || output == "-") return;
    const std::string codec = result.codec.empty() ? "" : fmt::format(", codec {}", result.codec);
    std::cerr << fmt::format("{} -> {}: {} frames, {} -> {}, ratio {:.2f}{}, {:.0f} MB/s\n", input, output,
                             result.frames, readable_bytes(result.bytes_in), readable_bytes(result.bytes_out),
                             plain / stored, codec, larger / 1e6 / std::max(seconds, 1e-6));
}

void print_error(const std::exception& error) { std::cerr << "mrcz: " << error.what() << '\n'; }

int exit_code_of(const std::exception& error) { return static_cast<int>(as_error(error).group()); }

}  // namespace mrcz::cli
