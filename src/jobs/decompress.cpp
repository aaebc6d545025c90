#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_records.hpp"
#include "header/compose.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/open_input.hpp"
#include "jobs/restore.hpp"
#include "mrcz/jobs.hpp"
#include "simd/kernels.hpp"
#include "simd/statistics.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using container::Original;
using jobs::StreamedFrame;

/// Reports after each frame written.
std::function<void(const StreamedFrame&)> progress_of(const MrcFile& file, const FrameRange& range,
                                                      const io::ByteSink& sink, const RunContext& context) {
    if (!context.progress) return {};
    return [&file, range, &sink, &context](const StreamedFrame& frame) {
        const std::uint64_t behind = file.range_of(frame.frame).offset + file.range_of(frame.frame).bytes;
        context.progress({frame.frame + 1 - range.first, range.last - range.first, behind, sink.written()});
    };
}

/// The file never held what was added after it was made; people should hear of it.
void warn_of_added_sections(const MrcFile& file, const RunContext& context) {
    const auto* added = file.footer() ? file.footer()->find(container::section::metadata) : nullptr;
    if (added == nullptr || !context.log) return;
    context.log(concat("metadata (", added->raw_bytes, " bytes) are not part of the restored original; they stay in ",
                       file.source().name(), " (mrcz info shows them)"));
}

/// Statistics for the header of a fresh file: those the input keeps, or taken from the pixels as they pass.
class HeaderStatistics {
  public:
    HeaderStatistics(const MrcFile& file, const FrameRange& range)
        : type_(file.layout().type), pixels_(file.layout().frame_bytes / info_of(type_).pixel_bytes) {
        const auto all = file.statistics();
        known_ = !all.empty();
        if (known_) frames_.assign(all.begin() + range.first, all.begin() + range.last);
    }

    [[nodiscard]] bool known() const noexcept { return known_; }

    void add(std::span<const std::byte> pixels) {
        if (known_) return;
        simd::StatisticsState state;
        simd::kernels().accumulate(state, pixels, type_);
        frames_.push_back(simd::finish(state, type_));
    }

    /// Unknown ones are NaN, which the header takes as the standard's sentinels.
    [[nodiscard]] FrameStatistics whole() const { return combined(frames_, pixels_); }

  private:
    PixelType type_;
    std::uint64_t pixels_;
    bool known_ = false;
    std::vector<FrameStatistics> frames_;
};

/// A valid MRC2014 file of frames that belong to no original. To a pipe the header goes out first: statistics that are
/// not known by then stay unknown.
void write_fresh(const MrcFile& file, const FrameRange& range, io::ByteSink& sink, const RunContext& context) {
    Header header = header::plain_header(file.layout(), range.last - range.first);
    HeaderStatistics statistics(file, range);
    header::set_statistics(header, statistics.whole());
    sink.write(header.bytes());
    sink.write(file.extended_header());
    const auto progress = progress_of(file, range, sink, context);
    const jobs::FrameStreamStages stages{
        .work = {},
        .put =
            [&](const StreamedFrame& frame) {
                statistics.add(frame.pixels);
                sink.write(frame.pixels);
                if (progress) progress(frame);
            },
    };
    jobs::stream_frames(file, range, stages, context);
    if (statistics.known() || !sink.can_rewrite()) return;
    header::set_statistics(header, statistics.whole());
    sink.rewrite(0, header.bytes());
}

/// A plain input is its own original.
void copy_whole(const MrcFile& file, io::ByteSink& sink, const RunContext& context) {
    Bytes buffer(std::size_t{1} << 20);
    const std::uint64_t size = file.source().size();
    for (std::uint64_t at = 0; at < size; at += buffer.size()) {
        check_cancelled(context);
        const auto piece =
            std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at)));
        file.source().read_at(at, piece);
        sink.write(piece);
    }
}

void write_plain(const MrcFile& file, const FrameRange& range, bool whole, io::ByteSink& sink,
                 const RunContext& context) {
    if (whole && file.codec().id == 0) return copy_whole(file, sink, context);
    const auto original = whole ? file.original() : std::optional<Original>{};
    if (!original) return write_fresh(file, range, sink, context);
    warn_of_added_sections(file, context);
    restore_original(
        file, *original, [&](std::span<const std::byte> bytes) { sink.write(bytes); },
        progress_of(file, range, sink, context), context);
}

}  // namespace

JobResult decompress(const Input& input, const Output& output, const DecompressOptions& options,
                     const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const MrcFile file(jobs::open_source(input, context), options.limits);
        file.require_undamaged();
        (void)file.decoder();  // refused before anything is written
        const bool whole = options.frames.empty();
        const FrameRange range =
            whole ? FrameRange{0, file.frames()} : FrameRange::parse(options.frames, file.frames());
        const auto sink = jobs::open_sink(output, input, false);
        write_plain(file, range, whole, *sink, context);
        sink->commit();
        return JobResult{range.last - range.first, file.source().size(), sink->written()};
    });
}

}  // namespace mrcz
