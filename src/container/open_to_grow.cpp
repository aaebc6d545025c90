#include "container/open_to_grow.hpp"

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/growth_start.hpp"
#include "container/journal.hpp"
#include "container/recovery.hpp"
#include "container/target_coding.hpp"
#include "container/uncommitted.hpp"

namespace mrcz::container {
namespace {

void tell(const Recovery& recovery, const std::string& name, const RunContext& context) {
    if (!context.log) return;
    if (recovery.step == RecoveryStep::roll_back)
        context.log(
            concat(name, ": an append that never ended was undone (", recovery.bytes_dropped, " bytes dropped)"));
    if (recovery.step == RecoveryStep::finish)
        context.log(concat(name, ": it was never finished, and now is, with ", recovery.frames, " frames (",
                           recovery.bytes_dropped, " bytes dropped)"));
}

}  // namespace

Growable open_to_grow(io::FileSystem& system, const std::filesystem::path& path, const Limits& limits,
                      const RunContext& context) {
    require_file_of_journal(system, path);
    auto file = system.open_locked(path);
    const Recovery recovery = recover(system, path, file, {.limits = limits}, context);
    refuse_to_drop(recovery.uncommitted);
    tell(recovery, path.string(), context);
    const MrcFile found(io::source_of(file), limits);
    check_around_frames(found);
    return {file, growth_start(found, context), coding_of(found)};
}

}  // namespace mrcz::container
