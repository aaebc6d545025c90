#include <fmt/format.h>

#include <iostream>

#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

void print_result(const Options& options, const std::string& target, const AppendResult& result) {
    if (options.json) {
        std::cout << json_report(target, result) << '\n';
    } else if (options.quiet == 0) {
        std::cerr << fmt::format("{}: {} frames appended, now {} frames, {}\n", target,
                                 result.frames - result.frames_before, result.frames, readable_bytes(result.bytes_out));
    }
}

}  // namespace

int run_append(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Append the frames of other files to a finished MRC or MRCZ file.\n\n"
        "The last name is the target; the frames of the others go behind its own, coded as those are. They must have\n"
        "its shape and pixel type. An error leaves the target as it was; after a crash `mrcz repair TARGET` makes it\n"
        "whole.\n\n"
        "Example: mrcz append tilt_41.mrc tilt_42.mrc.gz series.mrczs",
        "mrcz append");
    Options options;
    app.add_option("FILE", options.inputs, "files to read (- is standard input), and behind them the target");
    bool corrected = false;
    app.add_flag("--corrected", corrected, "the frames are corrected as the target's record says of its own");
    add_level(app, options);
    add_mode0(app, options);
    add_live(app, options, "keep frames as they come: commit on the way, instead of all or none");
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    if (options.inputs.size() < 2)
        throw Error(ErrorCode::invalid_argument, "append takes at least one file to read and, last, the target");
    const std::string target = options.inputs.back();
    if (target == "-") throw Error(ErrorCode::invalid_argument, "append writes to a file; standard output is none");
    std::vector<Input> inputs;
    for (std::size_t i = 0; i + 1 < options.inputs.size(); ++i) inputs.push_back(input_named(options.inputs[i]));
    AppendOptions chosen;
    chosen.coding.level = options.level;
    chosen.live = live_options(options);
    chosen.mode0 = options.mode0;
    chosen.corrected = corrected;
    options.inputs = {target};
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        print_result(options, name, append(inputs, name, chosen, context));
    });
}

}  // namespace mrcz::cli
