#include "container/open_to_grow.hpp"

#include <array>

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/growth_start.hpp"
#include "container/journal.hpp"
#include "container/recovery.hpp"
#include "container/target_coding.hpp"
#include "container/uncommitted.hpp"
#include "io/unwrap.hpp"

namespace mrcz::container {
namespace {

void tell(const Recovery& recovery, const std::string& name, const RunContext& context) {
    if (!context.log) return;
    if (recovery.replaced_from)
        context.log(concat(name, ": frames from ", *recovery.replaced_from,
                           " on were being replaced, which never ended: all are what they were before"));
    else if (recovery.step == RecoveryStep::roll_back)
        context.log(
            concat(name, ": an append that never ended was undone (", recovery.bytes_dropped, " bytes dropped)"));
    if (recovery.step == RecoveryStep::finish)
        context.log(concat(name, ": it was never finished, and now is, with ", recovery.frames, " frames (",
                           recovery.bytes_dropped, " bytes dropped)"));
}

void refuse_wrapped(const io::ChangeableFile& file) {
    std::array<std::byte, io::wrapper_magic_bytes> magic{};
    const std::size_t got = file.read_at(0, magic);
    if (io::wrapper_of(std::span(magic).first(got)) == nullptr) return;
    fail(ErrorCode::unsupported,
         "is wrapped in gzip, bzip2 or zstd; frames are appended to plain MRC or MRCZ: take the wrapper off first "
         "(gunzip, bunzip2, unzstd), or compress it with mrcz and append to that");
}

}  // namespace

Growable open_to_grow(io::FileSystem& system, const std::filesystem::path& path, const Limits& limits,
                      const RunContext& context) {
    require_file_of_journal(system, path);
    auto file = system.open_locked(path);
    refuse_wrapped(*file);
    const Recovery recovery = recover(system, path, file, {.limits = limits}, context);
    refuse_to_drop(recovery.uncommitted);
    tell(recovery, path.string(), context);
    const MrcFile found(io::source_of(file), limits);
    check_around_frames(found);
    return {file, growth_start(found, context), coding_of(found), found.models().newest()};
}

}  // namespace mrcz::container
