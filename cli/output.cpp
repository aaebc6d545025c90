#include "output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <new>

#include "mrcz/reports.hpp"
#include "mrcz/thread_executor.hpp"
#include "terminal.hpp"
#include "threads.hpp"

namespace mrcz::cli {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> renamed_endings{{
    {".mrc", ".mrcz"},
    {".mrcs", ".mrczs"},
}};
/// MRC files of other endings: X.map becomes X.map.mrcz and that X.map again. Only these, because X.bin4.mrcz is
/// X.bin4.mrc's.
constexpr std::array<std::string_view, 9> kept_endings{".map",    ".ccp4", ".st", ".rec", ".ali",
                                                       ".preali", ".raw",  ".bl", ".join"};
constexpr std::array<std::string_view, 3> wrapper_endings{".gz", ".bz2", ".zst"};

bool replace_ending(std::string& name, std::string_view ending, std::string_view with) {
    if (name.size() <= ending.size() || !name.ends_with(ending)) return false;
    name.replace(name.size() - ending.size(), ending.size(), with);
    return true;
}

std::string without_wrapper(std::string name) {
    for (const std::string_view ending : wrapper_endings)
        if (replace_ending(name, ending, "")) break;
    return name;
}

/// Said here, because further in it would be said of a temporary file.
void require_folder_of(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.parent_path();
    if (!folder.empty() && !std::filesystem::exists(folder))
        throw Error(ErrorCode::not_found, fmt::format("there is no folder {}; make it first", folder.string()),
                    path.string());
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

std::string compressed_name(const std::string& input) {
    std::string name = without_wrapper(input);
    for (const auto& [plain, compressed] : renamed_endings)
        if (replace_ending(name, plain, compressed)) return name;
    return name + ".mrcz";
}

std::string decompressed_name(const std::string& input) {
    std::string name = without_wrapper(input);
    for (const std::string_view ending : kept_endings)
        if (name.ends_with(fmt::format("{}.mrcz", ending))) return name.substr(0, name.size() - 5);
    for (const auto& [plain, compressed] : renamed_endings)
        if (replace_ending(name, compressed, plain)) return name;
    throw Error(ErrorCode::invalid_argument, "the name does not end in .mrcz or .mrczs; name the output with -o",
                input);
}

Input input_named(const std::string& name) {
    return name == "-" ? Input::stream(STDIN_FILENO, "standard input") : Input::file(name);
}

Output output_for(const Options& options, const std::string& input,
                  const std::function<std::string(const std::string&)>& derive_name, bool output_is_compressed) {
    const bool to_stdout = options.to_stdout || options.output == "-" || (options.output.empty() && input == "-");
    if (!to_stdout) {
        const std::string path = options.output.empty() ? derive_name(input) : options.output;
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

int for_each_input(const Options& options, const std::function<void(const std::string&, const RunContext&)>& job) {
    std::vector<std::string> inputs = options.inputs;
    if (inputs.empty()) inputs.emplace_back("-");
    if (inputs.size() > 1 && !options.output.empty())
        throw Error(ErrorCode::invalid_argument, "-o names one output, but there are several inputs");
    if (inputs.size() > 1 && options.to_stdout)
        throw Error(ErrorCode::invalid_argument, "standard output takes one file: MRC and MRCZ files cannot be joined");
    ThreadExecutor executor(thread_count(options));
    int worst = 0;
    std::vector<std::string> failed;
    for (const std::string& input : inputs) {
        try {
            ProgressBar bar(input, may_draw() && !options.no_progress && options.quiet == 0);
            job(input, context_of(executor, bar, options));
        } catch (const std::exception& error) {
            print_error(error);
            worst = std::max(worst, exit_code_of(error));
            failed.push_back(input);
        }
        if (interruption().is_cancelled()) return static_cast<int>(ErrorGroup::interrupted);
    }
    if (inputs.size() > 1 && !failed.empty()) {
        std::cerr << fmt::format("mrcz: {} of {} files failed:\n", failed.size(), inputs.size());
        for (const std::string& name : failed) std::cerr << "  " << name << '\n';
    }
    return worst;
}

void report(const Options& options, const std::string& verb, const std::string& input, const std::string& output,
            const JobResult& result, double seconds) {
    const auto larger = static_cast<double>(std::max(result.bytes_in, result.bytes_out));
    const bool restores = verb == "decompress";
    const auto plain = static_cast<double>(restores ? result.bytes_out : result.bytes_in);
    const auto stored = static_cast<double>(std::max<std::uint64_t>(1, restores ? result.bytes_in : result.bytes_out));
    if (options.json) {
        auto& stream = output == "-" ? std::cerr : std::cout;
        stream << json_report(verb, input, output, result, seconds) << '\n';
        return;
    }
    if (options.quiet > 0 || output == "-") return;
    std::cerr << fmt::format("{} -> {}: {} frames, {} -> {}, ratio {:.2f}, {:.0f} MB/s\n", input, output, result.frames,
                             readable_bytes(result.bytes_in), readable_bytes(result.bytes_out), plain / stored,
                             larger / 1e6 / std::max(seconds, 1e-6));
}

void print_error(const std::exception& error) { std::cerr << "mrcz: " << error.what() << '\n'; }

int exit_code_of(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) return static_cast<int>(known->group());
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return static_cast<int>(ErrorGroup::system);
    if (dynamic_cast<const std::system_error*>(&error) != nullptr) return static_cast<int>(ErrorGroup::system);
    return static_cast<int>(ErrorGroup::internal);
}

}  // namespace mrcz::cli
