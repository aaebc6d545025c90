#include "container/growth.hpp"

#include "base/fail.hpp"
#include "container/file_assembler.hpp"
#include "container/journal.hpp"
#include "container/open_to_grow.hpp"
#include "io/byte_sink.hpp"

namespace mrcz::container {

Growth::Growth(GrowingFile file, std::optional<LiveOptions> live) : file_(std::move(file)), live_(live) {}

Growth::~Growth() {
    if (finished_ || (live_ && added_)) return;
    try {
        file_.roll_back();
    } catch (...) {  // the journal is still there, and says what to do
    }
}

void Growth::add(const CodedFrame& frame) {
    const std::lock_guard lock(mutex_);
    file_.add(frame);
    added_ = true;
    ++uncommitted_;
    commit_when_due();
}

void Growth::add_model(std::span<const std::byte> chunk) {
    const std::lock_guard lock(mutex_);
    file_.add_model(chunk);
}

void Growth::idle() {
    const std::lock_guard lock(mutex_);
    commit_when_due();
}

void Growth::commit_when_due() {
    if (!live_ || uncommitted_ == 0) return;
    const std::chrono::duration<double> waited = Clock::now() - last_commit_;
    if (uncommitted_ < live_->frames && waited.count() < live_->seconds) return;
    file_.commit();
    uncommitted_ = 0;
    last_commit_ = Clock::now();
}

void Growth::commit() {
    const std::lock_guard lock(mutex_);
    file_.commit();
    uncommitted_ = 0;
    last_commit_ = Clock::now();
}

std::uint64_t Growth::finish(const std::string& step) {
    if (!step.empty()) file_.record_step(step);
    const std::uint64_t bytes = file_.finish();
    finished_ = true;
    return bytes;
}

GrowingFile create_live_file(const std::filesystem::path& path, LiveFile description) {
    std::error_code failed;
    if (std::filesystem::exists(path, failed) && !std::filesystem::is_regular_file(path, failed))
        fail(ErrorCode::invalid_argument, "is no regular file; a live file has to be one");
    refuse_growing_output(path);
    {
        const auto sink = io::open_file_sink(path, {.overwrite = description.overwrite, .like = {}});
        const auto pixels = static_cast<std::uint64_t>(description.header.nx() * description.header.ny());
        FileAssembler assembler(*sink, description.header, std::move(description.extended_header), description.codec,
                                pixels, description.order);
        assembler.finish(std::move(description.sections));
        sink->commit();
    }
    Growable growable = open_to_grow(io::disk(), path, {}, {});
    growable.start.section_voxel = description.section_voxel;
    return GrowingFile(io::disk(), path, std::move(growable.file), std::move(growable.start));
}

}  // namespace mrcz::container
