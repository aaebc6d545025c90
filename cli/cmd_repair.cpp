#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

std::string frames_text(const std::vector<FrameRange>& ranges) {
    std::string text;
    for (const FrameRange& range : ranges) {
        if (!text.empty()) text += ", ";
        text += range.last - range.first == 1 ? fmt::format("{}", range.first)
                                              : fmt::format("{} to {}", range.first, range.last - 1);
    }
    return text;
}

std::string sections_text(const std::vector<std::string>& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

std::string outcome_in_place(const RepairResult& result, bool dry_run) {
    const std::string_view verb = dry_run ? "would be" : "was";
    switch (result.action) {
        case RepairAction::rolled_back:
            return fmt::format("{} undone: {} frames as before, {} dropped", verb, result.frames,
                               readable_bytes(result.bytes_dropped));
        case RepairAction::finished:
            return fmt::format("{} finished: {} frames kept, {} dropped", verb, result.frames,
                               readable_bytes(result.bytes_dropped));
        case RepairAction::forgot_journal:
            return fmt::format("{} removed; the file is whole, {} frames", verb, result.frames);
        default:
            return {};
    }
}

bool loses(const RepairResult& result, std::string_view section) {
    return std::ranges::find(result.lost_sections, section) != result.lost_sections.end();
}

void print_salvage(const std::string& name, const RepairResult& result, bool dry_run) {
    std::cout << fmt::format("{}: {}\n", name, result.problem);
    std::cout << fmt::format("{} {} {}: {} of {} frames kept, {} dropped\n", name, dry_run ? "would become" : "->",
                             result.output.string(), result.frames, result.frames_before,
                             readable_bytes(result.bytes_dropped));
    if (!result.lost_sections.empty())
        std::cout << fmt::format("{}: footer sections lost: {}\n", name, sections_text(result.lost_sections));
    if (loses(result, "ORIG"))
        std::cout << fmt::format("{}: the file it was made from can no longer be restored byte for byte\n", name);
}

void print_result(const Options& options, const std::string& name, const RepairResult& result, bool dry_run) {
    if (options.json) {
        std::cout << json_report(name, result) << '\n';
    } else if (options.quiet == 0) {
        if (result.action == RepairAction::none) {
            std::cout << fmt::format("{}: nothing is wrong: {} frames; nothing was written\n", name, result.frames);
        } else if (result.action == RepairAction::salvaged) {
            print_salvage(name, result, dry_run);
        } else {
            std::cout << fmt::format("{}: {}; it {}\n", name, result.problem, outcome_in_place(result, dry_run));
        }
    }
}

std::string losses_text(const RepairResult& result) {
    std::vector<std::string> losses;
    std::int64_t lost = 0;
    for (const FrameRange& range : result.lost_frames) lost += range.last - range.first;
    if (lost > 0)
        losses.push_back(
            fmt::format("{} of {} frames: {}", lost, result.frames_before, frames_text(result.lost_frames)));
    // With a frame the original is gone in any case.
    if (lost == 0 && !result.lost_sections.empty())
        losses.push_back(fmt::format("footer sections {}", sections_text(result.lost_sections)));
    if (loses(result, "PROV")) losses.push_back("the record of what was done to the pixels");
    if (result.footer_lost)
        losses.push_back(
            "the footer, with any metadata, any record of corrections, and what may have restored the original byte "
            "for byte");
    return fmt::format("{}", fmt::join(losses, "; "));
}

/// What is gone is an error, even when the rest was saved: a script must not delete the damaged file.
void refuse_silence_about_losses(const std::string& name, const RepairResult& result) {
    const std::string losses = losses_text(result);
    if (!losses.empty()) throw Error(ErrorCode::corrupt, "LOST " + losses, name);
}

}  // namespace

int run_repair(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Make a whole file of one that was never finished, was cut short, or is damaged.\n\n"
        "With its journal (NAME.journal) beside it a file is made whole where it lies: an append that committed "
        "nothing\n"
        "is undone, committed frames get footer and index. Any other damaged file stays as it is: the frames that\n"
        "decode and match their hash go to a new file, X.repaired.mrcz beside X.mrcz. What is lost is listed, and the\n"
        "exit code is 1.\n\n"
        "Example: mrcz repair movie.mrcz",
        "mrcz repair");
    Options options;
    bool dry_run = false, uncommitted = false, drop_uncommitted = false;
    app.add_option("FILE", options.inputs, "files to repair")->required();
    app.add_option("-o,--output", options.output, "write a new file in any case (one input only)");
    app.add_flag("-f,--force", options.force, "replace an existing new file");
    app.add_flag("-n,--dry-run", dry_run, "only say what would be done");
    app.add_flag("--uncommitted", uncommitted,
                 "also keep whole frames behind the last commit; not after a power failure");
    app.add_flag("--drop-uncommitted", drop_uncommitted,
                 "give up whole frames behind the last commit; with neither, a file that has any is left alone");
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        if (name == "-" || options.output == "-")
            throw Error(ErrorCode::invalid_argument, "repair reads and writes files, not pipes");
        RepairOptions chosen;
        chosen.output = options.output;
        chosen.overwrite = options.force;
        chosen.dry_run = dry_run;
        chosen.uncommitted = uncommitted;
        chosen.drop_uncommitted = drop_uncommitted;
        const RepairResult result = repair(name, chosen, context);
        print_result(options, name, result, dry_run);
        refuse_silence_about_losses(name, result);
    });
}

}  // namespace mrcz::cli
