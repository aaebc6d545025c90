#include <array>

#include "base/fail.hpp"
#include "container/journal.hpp"
#include "container/recovery.hpp"
#include "container/repair_hint.hpp"
#include "container/uncommitted.hpp"
#include "header/layout.hpp"
#include "io/byte_sink.hpp"
#include "io/sources.hpp"
#include "jobs/salvage.hpp"
#include "jobs/verify.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;

/// movie.mrcz becomes movie.repaired.mrcz.
fs::path repaired_name(const fs::path& path) {
    fs::path name = path;
    return name.replace_filename(concat(path.stem().string(), ".repaired", path.extension().string()));
}

/// 0 where the header cannot be read.
std::int64_t frames_counted(const fs::path& path, const Limits& limits) {
    const auto source = io::open_unwrapped_source(path);
    std::array<std::byte, Header::bytes_on_disk> head{};
    if (source->size() < head.size())
        fail(ErrorCode::truncated, "the file has ", source->size(),
             " bytes, an MRC header alone has 1024: nothing of "
             "it can be saved");
    source->read_at(0, head);
    try {
        return header::read_layout(head, limits).frames;
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
        return 0;  // the file's end may still tell
    }
}

std::string problem_of(const container::Recovery& done) {
    switch (done.step) {
        case container::RecoveryStep::roll_back:
            if (done.replaced_from)
                return concat("frames from ", *done.replaced_from,
                              " on were being replaced, and that was not finished; its journal has the old ones");
            return "an append began and committed nothing";
        case container::RecoveryStep::finish:
            return "the file was never finished";
        case container::RecoveryStep::forget_journal:
            return "a journal was left over beside a whole file";
        case container::RecoveryStep::undecided:
        case container::RecoveryStep::none:
            break;
    }
    return {};
}

RepairAction action_of(container::RecoveryStep step) {
    switch (step) {
        case container::RecoveryStep::roll_back:
            return RepairAction::rolled_back;
        case container::RecoveryStep::finish:
            return RepairAction::finished;
        case container::RecoveryStep::forget_journal:
            return RepairAction::forgot_journal;
        case container::RecoveryStep::undecided:
        case container::RecoveryStep::none:
            break;
    }
    return RepairAction::none;
}

container::Uncommitted chosen_for_uncommitted(const RepairOptions& options) {
    if (options.uncommitted) return container::Uncommitted::keep;
    return options.drop_uncommitted ? container::Uncommitted::drop : container::Uncommitted::leave;
}

/// What the journal beside the file says to do. False: nothing, or frames are damaged and the journal does not help.
bool replayed(const fs::path& path, const RepairOptions& options, const RunContext& context, RepairResult& result) {
    if (!io::disk().open_source(container::journal_path(path))) return false;
    const auto file = io::disk().open_locked(path);
    const container::RecoveryOptions chosen{options.dry_run, chosen_for_uncommitted(options), options.limits};
    container::Recovery done;
    try {
        done = container::recover(io::disk(), path, file, chosen, context);
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
        result.problem = error.message();  // and the frames are looked at one by one
        return false;
    }
    container::refuse_to_drop(done.uncommitted);
    result.action = action_of(done.step);
    result.problem = problem_of(done);
    result.frames = done.frames;
    result.bytes_dropped = done.bytes_dropped;
    return true;
}

/// What verify() has against the file, its journal left out; empty: nothing.
std::string problem_with(const fs::path& path, const Limits& limits, const RunContext& context) {
    try {
        const container::MrcFile file(io::open_unwrapped_source(path, context.cancel), limits);
        for (const Finding& finding : jobs::verify_file(file, context).findings)
            if (finding.rule == "MRCZ-D01") return finding.message;
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
        const std::string& message = error.message();
        return message.substr(0, message.find(container::repair_hint));
    }
    return {};
}

}  // namespace

RepairResult repair(const fs::path& path, const RepairOptions& options, const RunContext& context) {
    return in_file(path.string(), [&] {
        if (options.uncommitted && options.drop_uncommitted)
            fail(ErrorCode::invalid_argument, "uncommitted frames are either kept or dropped, not both");
        container::require_file_of_journal(io::disk(), path);
        RepairResult result;
        result.output = path;
        result.frames_before = frames_counted(path, options.limits);
        // Who names an output wants the file left alone.
        const bool replay = options.output.empty() && replayed(path, options, context, result);
        // A journal that was forgotten says nothing of the frames.
        if (replay && result.action != RepairAction::forgot_journal) return result;
        const std::string problem = problem_with(path, options.limits, context);
        if (problem.empty()) {
            result.frames = result.frames_before;
            return result;
        }
        result.action = RepairAction::salvaged;
        result.problem = problem;
        result.output = options.output.empty() ? repaired_name(path) : options.output;
        jobs::salvage(path, options, context, result);
        return result;
    });
}

}  // namespace mrcz
