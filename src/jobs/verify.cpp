#include "jobs/verify.hpp"

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/repair_hint.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/open_input.hpp"
#include "jobs/restore.hpp"
#include "mrcz/jobs.hpp"
#include "simd/hash.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using jobs::StreamedFrame;

void note_edited_header(const MrcFile& file, std::vector<Finding>& findings) {
    if (file.header_was_edited())
        findings.push_back(
            {Severity::warning, "MRCZ-D02", "header", "header or extended header changed since the file was written"});
}

/// Checks stored bytes against CHSH: a flip that decodes to the same pixels is still a flip.
class ChunkChecker {
  public:
    explicit ChunkChecker(const MrcFile& file) : hashes_(file.chunk_hashes()) {}

    void operator()(const StreamedFrame& frame) const {
        if (hashes_.empty()) return;
        if (simd::hash64(frame.stored) != hashes_[static_cast<std::size_t>(frame.frame)])
            fail(ErrorCode::corrupt, "frame ", frame.frame,
                 ": its stored bytes do not match their hash: the file is damaged", container::repair_hint);
    }

  private:
    std::vector<std::uint64_t> hashes_;
};

std::function<void(const StreamedFrame&)> checked_frame(const ChunkChecker& checker, const MrcFile& file,
                                                        const RunContext& context) {
    return [&checker, &file, &context](const StreamedFrame& frame) {
        checker(frame);
        if (!context.progress) return;
        const auto range = file.range_of(frame.frame);
        context.progress({frame.frame + 1, file.frames(), range.offset + range.bytes, 0});
    };
}

}  // namespace

VerifyResult jobs::verify_file(const MrcFile& file, const RunContext& context) {
    container::check_around_frames(file);
    VerifyResult result{.frames = file.frames(), .bytes = file.source().size(), .findings = file.findings()};
    note_edited_header(file, result.findings);
    const ChunkChecker checker(file);
    const auto each_frame = checked_frame(checker, file, context);
    if (const auto original = file.original()) {
        restore_original(
            file, *original, [](std::span<const std::byte>) {}, each_frame, context);
        result.original_matched = true;
    } else {
        jobs::stream_frames(file, {0, file.frames()}, {.work = {}, .put = each_frame}, context);
    }
    result.frames_hashed = file.frames() > 0 && file.frame_hash(0).has_value();
    return result;
}

VerifyResult verify(const Input& input, const Limits& limits, const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const MrcFile file(jobs::open_source(input, context), limits);
        jobs::refuse_unfinished(input, file.layout());
        return jobs::verify_file(file, context);
    });
}

}  // namespace mrcz
