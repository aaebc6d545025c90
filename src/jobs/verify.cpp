#include "jobs/verify.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/repair_hint.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/open_input.hpp"
#include "jobs/restore.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reports.hpp"
#include "mrcz/sum_image.hpp"
#include "simd/hash.hpp"
#include "simd/kernels.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using jobs::StreamedFrame;

void note_edited_header(const MrcFile& file, std::vector<Finding>& findings) {
    if (file.header_was_edited())
        findings.push_back(
            {Severity::warning, "MRCZ-D02", "header", "header or extended header changed since the file was written"});
}

/// Adds up the frames and holds them against the sum that the file keeps.
class SumExaminer {
  public:
    explicit SumExaminer(const MrcFile& file) : kept_(file.sum()) {
        if (kept_) summer_.emplace(file.layout().format());
    }

    /// Changes the frame's pixels where they are not in the machine's byte order.
    void add(const StreamedFrame& frame, const MrcFile& file, bool is_swapped) {
        if (!summer_) return;
        if (is_swapped) simd::kernels().byteswap(frame.pixels, info_of(file.layout().type).word_bytes);
        summer_->add(frame.pixels);
    }

    void require_sum() {
        if (!summer_) return;
        const SumImage found = summer_->take();
        std::visit([&](const auto& kept, const auto& added) { require_equal(kept, added, kept_->shape.nx); },
                   kept_->values, found.values);
    }

  private:
    template <class Kept, class Added>
    static void require_equal(const Kept& kept, const Added& added, std::int64_t nx) {
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (is_same(kept[i], added[i])) continue;
            const auto at = static_cast<std::int64_t>(i);
            fail(ErrorCode::corrupt, "section SUMI: the sum at x ", at % nx, ", y ", at / nx, " is ", kept[i],
                 ", but the frames add up to ", added[i], "; decompress the file and compress it again");
        }
    }

    template <class Kept, class Added>
    static bool is_same(Kept kept, Added added) {
        if constexpr (std::is_same_v<Kept, double> || std::is_same_v<Added, double>) {
            const auto one = static_cast<double>(kept), other = static_cast<double>(added);
            return one == other || (std::isnan(one) && std::isnan(other));
        } else {
            return std::cmp_equal(kept, added);
        }
    }

    std::optional<SumImage> kept_;
    std::optional<FrameSummer> summer_;
};

/// Goes through the frames and keeps what is wrong with them.
class FrameExaminer {
  public:
    FrameExaminer(const MrcFile& file, const VerifyOptions& options, const RunContext& context)
        : file_(file), options_(options), context_(context), chunk_hashes_(file.chunk_hashes()) {}

    /// Also a flip that decodes to the same pixels is a flip.
    void check_chunk(const StreamedFrame& frame) {
        const bool known = !chunk_hashes_.empty();
        if (known && simd::hash64(frame.stored) != chunk_hashes_[static_cast<std::size_t>(frame.frame)])
            note(frame.frame, Error(ErrorCode::corrupt,
                                    concat("frame ", frame.frame, " (offset ", hex(file_.range_of(frame.frame).offset),
                                           "): its stored bytes do not match their hash: the file is damaged")));
        tell_progress(frame.frame);
    }

    void note_unreadable(std::int64_t frame, const Error& why) {
        note(frame, Error(why.code(), container::without_repair_hint(why.message())));
        tell_progress(frame);
    }

    /// Throws one error that names them all.
    void require_whole() const {
        if (!first_) return;
        const bool others_are_whole = damaged_.count < file_.frames();
        container::hinting_repair(others_are_whole, [&] {
            if (damaged_.count == 1) throw *first_;
            fail(first_->code(), first_->message(), "; ", damaged_.count, " of ", file_.frames(),
                 " frames are damaged: ", listed());
        });
    }

  private:
    [[nodiscard]] std::string listed() const {
        constexpr std::size_t most_listed = 20;
        std::string list;
        for (const FrameRange& run : std::span(damaged_.runs).first(std::min(most_listed, damaged_.runs.size()))) {
            list += concat(list.empty() ? "" : ", ", run.first);
            if (run.last > run.first + 1) list += concat(" to ", run.last - 1);
        }
        return list + (damaged_.runs.size() > most_listed ? ", ..." : "");
    }

    void note(std::int64_t frame, const Error& why) {
        if (!first_) first_ = why;
        damaged_.add(frame);
        if (options_.damaged) options_.damaged(frame, why);
    }

    void tell_progress(std::int64_t frame) const {
        if (!context_.progress) return;
        const auto range = file_.range_of(frame);
        context_.progress({frame + 1, file_.frames(), range.offset + range.bytes, 0});
    }

    const MrcFile& file_;
    const VerifyOptions& options_;
    const RunContext& context_;
    std::vector<std::uint64_t> chunk_hashes_;
    std::optional<Error> first_;
    DamagedFrames damaged_;
};

}  // namespace

VerifyResult jobs::verify_file(const MrcFile& file, const RunContext& context, const VerifyOptions& options) {
    container::check_around_frames(file);
    VerifyResult result{.frames = file.frames(), .bytes = file.source().size(), .findings = file.findings()};
    note_edited_header(file, result.findings);
    FrameExaminer examiner(file, options, context);
    const auto original = file.original();
    const bool is_swapped = original && original->order == ByteOrder::big;
    SumExaminer sum(file);
    const auto check = [&](const StreamedFrame& frame) {
        examiner.check_chunk(frame);
        sum.add(frame, file, is_swapped);
    };
    const auto note = [&](std::int64_t frame, const Error& why) { examiner.note_unreadable(frame, why); };
    if (original) {
        restore_original(
            file, *original, [](std::span<const std::byte>) {}, check, context, note);
        result.original_matched = true;
    } else {
        jobs::stream_frames(file, {0, file.frames()}, {.work = {}, .put = check, .damaged = note}, context);
    }
    examiner.require_whole();
    sum.require_sum();
    result.frames_hashed = file.frames() > 0 && file.frame_hash(0).has_value();
    return result;
}

VerifyResult verify(const Input& input, const VerifyOptions& options, const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const MrcFile file(jobs::open_source(input, context), options.limits, options.mode0);
        jobs::refuse_unfinished(input, file.layout());
        return jobs::verify_file(file, context, options);
    });
}

}  // namespace mrcz
