#include "container/open_to_grow.hpp"

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/growth_start.hpp"
#include "container/recovery.hpp"
#include "container/target_coding.hpp"

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
    auto file = system.open_locked(path);
    tell(recover(system, path, file, {.limits = limits}, context), path.string(), context);
    const MrcFile found(io::source_of(file), limits);
    check_around_frames(found);
    return {file, growth_start(found, context), coding_of(found), found.models().newest()};
}

}  // namespace mrcz::container
