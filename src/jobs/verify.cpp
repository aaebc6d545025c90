#include <algorithm>

#include "base/fail.hpp"
#include "container/footer.hpp"
#include "container/frame_records.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/open_input.hpp"
#include "jobs/restore.hpp"
#include "mrcz/jobs.hpp"
#include "simd/hash.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using jobs::StreamedFrame;

/// Every section's own hash, META's and PROV's syntax with them.
void check_sections(const MrcFile& file) {
    if (!file.footer()) return;
    container::check_padding(file.source(), file.data_end(), *file.footer());
    const std::uint64_t most =
        std::max({container::most_original_bytes(file.limits()), file.limits().metadata_bytes,
                  container::statistics_entry_bytes * static_cast<std::uint64_t>(file.frames())});
    for (const container::SectionEntry& entry : file.footer()->sections) {
        const auto section = container::load_section(file.source(), entry, most);
        const std::string_view text(reinterpret_cast<const char*>(section.payload.data()), section.payload.size());
        if (section.encoding == container::encoding::json) (void)Metadata::from_json(text, file.limits());
        if (section.encoding == container::encoding::msgpack)
            (void)Metadata::from_msgpack(section.payload, file.limits());
    }
}

/// Bytes that no part of the file accounts for: padding between chunks, behind the footer, between footer and index.
void check_nothing_between(const MrcFile& file) {
    if (file.codec().id == 0 || !file.footer()) return;
    const std::uint64_t end =
        file.data_end() + file.footer()->bytes + container::index_bytes(static_cast<std::uint64_t>(file.frames()));
    if (end != file.source().size())
        fail(ErrorCode::corrupt, "file: ", file.source().size(), " bytes, but its parts make ", end);
}

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
                 ": its stored bytes do not match their hash: the file is "
                 "damaged");
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

VerifyResult verify(const Input& input, const Limits& limits, const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const MrcFile file(jobs::open_source(input, context), limits);
        file.require_undamaged();
        check_sections(file);
        check_nothing_between(file);
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
    });
}

}  // namespace mrcz
