#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/footer.hpp"
#include "header/compose.hpp"
#include "jobs/conversion.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/kept_sections.hpp"
#include "jobs/open_input.hpp"
#include "jobs/restore.hpp"
#include "mrcz/jobs.hpp"
#include "simd/statistics.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using container::Original;
using container::Section;
using jobs::Conversion;
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

void warn(const RunContext& context, const std::string& message) {
    if (context.log) context.log(message);
}

/// What the output leaves behind, people should hear of: metadata that were never part of the original, headers edited
/// since.
void warn_of_what_stays(const MrcFile& file, const Original& original, const RunContext& context) {
    const auto* added = file.footer() ? file.footer()->find(container::section::metadata) : nullptr;
    const auto original_end = make_memory_source(original.trailing, file.source().name());
    if (added != nullptr && !container::has_footer_magic(*original_end, 0))
        warn(context,
             concat("metadata (", added->raw_bytes, " bytes) are not part of the restored original; they stay in ",
                    file.source().name(), " (mrcz info shows them)"));
    if (file.header_was_edited())
        warn(context, concat("the header of ", file.source().name(),
                             " was changed after it was written; the restored file has the original's header"));
}

/// Sections that go with the pixels into a fresh file: all or, when there is nothing but provenance that nobody asked
/// for, none.
std::vector<Section> sections_to_carry(const MrcFile& file, bool keep_metadata) {
    std::vector<Section> carried;
    bool worth_a_footer = false;
    if (!file.footer()) return carried;
    for (const container::SectionEntry& entry : file.footer()->sections) {
        if (jobs::is_made_anew(entry.id) || entry.id == container::section::original) continue;
        if (entry.id == container::section::sum) continue;  // of compressed files only
        worth_a_footer = worth_a_footer || keep_metadata || entry.id != container::section::provenance;
        carried.push_back(file.load(entry, file.limits().metadata_bytes));
    }
    if (!worth_a_footer) carried.clear();
    return carried;
}

void warn_of_lost_record(const MrcFile& file, const RunContext& context) {
    if (context.log && !jobs::corrections_of(file).empty())
        context.log(concat("the record of the corrections that its pixels went through stays in ", file.source().name(),
                           "; --keep-metadata writes it behind them"));
}

/// Statistics for the header of a fresh file: those the input keeps, unless a conversion may change them, or taken from
/// the pixels as they pass.
class HeaderStatistics {
  public:
    HeaderStatistics(const MrcFile& file, const FrameRange& range, const Conversion* conversion)
        : format_(conversion != nullptr ? conversion->layout().format() : file.layout().format()) {
        const auto all = file.statistics();
        known_ = !all.empty() && (conversion == nullptr || conversion->is_exact());
        if (known_) frames_.assign(all.begin() + range.first, all.begin() + range.last);
    }

    [[nodiscard]] bool known() const noexcept { return known_; }

    void add(std::span<const std::byte> pixels) {
        if (known_) return;
        simd::FrameSums sums(format_);
        sums.add(pixels);
        frames_.push_back(sums.result());
    }

    /// Unknown ones are NaN, which the header takes as the standard's sentinels.
    [[nodiscard]] FrameStatistics whole() const { return combined(frames_, pixel_count(format_)); }

  private:
    FrameFormat format_;
    bool known_ = false;
    std::vector<FrameStatistics> frames_;
};

/// A valid MRC2014 file of frames that belong to no original. To a pipe the header goes out first: statistics that are
/// not known by then stay unknown.
void write_fresh(const MrcFile& file, const FrameRange& range, Conversion* conversion, bool keep_metadata,
                 io::ByteSink& sink, const RunContext& context) {
    const header::Layout& layout = conversion != nullptr ? conversion->layout() : file.layout();
    Header header = header::plain_header(layout, range.last - range.first);
    HeaderStatistics statistics(file, range, conversion);
    header::set_statistics(header, statistics.whole());
    sink.write(header.bytes());
    sink.write(file.extended_header());
    const auto progress = progress_of(file, range, sink, context);
    jobs::FrameStreamStages stages{
        .work = {},
        .put =
            [&](const StreamedFrame& frame) {
                statistics.add(frame.pixels);
                sink.write(frame.pixels);
                if (progress) progress(frame);
            },
    };
    if (conversion != nullptr) {
        stages.converted_bytes = layout.frame_bytes;
        stages.convert = [conversion](const StreamedFrame& frame, std::span<std::byte> out) {
            conversion->convert(frame.frame, frame.pixels, out);
        };
    }
    jobs::stream_frames(file, range, stages, context);
    auto carried = sections_to_carry(file, keep_metadata);
    // What goes through a pipe, or is a part, is read rather than kept.
    if (carried.empty() && sink.can_rewrite() && range.last - range.first == file.frames())
        warn_of_lost_record(file, context);
    if (conversion != nullptr && conversion->changes_type() && !carried.empty()) conversion->record(carried);
    if (!carried.empty())
        container::write_footer(sink,
                                {.data_offset = file.layout().data_offset,
                                 .chunk_count = static_cast<std::uint64_t>(range.last - range.first)},
                                std::move(carried));
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

void write_plain(const MrcFile& file, const FrameRange& range, const DecompressOptions& options, Conversion* conversion,
                 io::ByteSink& sink, const RunContext& context) {
    if (conversion != nullptr) return write_fresh(file, range, conversion, options.keep_metadata, sink, context);
    const bool whole = options.frames.empty();
    if (whole && file.codec().id == 0) {
        if (sink.can_rewrite()) warn(context, concat(file.source().name(), " is plain MRC already; copied as it is"));
        return copy_whole(file, sink, context);
    }
    const auto original = whole ? file.original() : std::optional<Original>{};
    if (!original)
        return write_fresh(file, range, jobs::with_padded_rows(file.layout()).get(), options.keep_metadata, sink,
                           context);
    if (options.keep_metadata)
        return jobs::restore_with_sections(file, *original, sink, progress_of(file, range, sink, context), context);
    warn_of_what_stays(file, *original, context);
    restore_original(
        file, *original, [&](std::span<const std::byte> bytes) { sink.write(bytes); },
        progress_of(file, range, sink, context), context);
}

}  // namespace

JobResult decompress(const Input& input, const Output& output, const DecompressOptions& options,
                     const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const MrcFile file(jobs::open_source(input, context), options.limits, options.mode0);
        file.require_undamaged();
        jobs::refuse_unfinished(input, file.layout());
        (void)file.decoder();  // refused before anything is written
        const bool whole = options.frames.empty();
        const FrameRange range =
            whole ? FrameRange{0, file.frames()} : FrameRange::parse(options.frames, file.frames());
        const auto conversion =
            jobs::requested_conversion(file.layout(), options.dtype, options.allowed, options.limits);
        const auto sink = jobs::open_sink(output, input, false);
        write_plain(file, range, options, conversion.get(), *sink, context);
        sink->commit();
        if (conversion) conversion->tell(context);
        const ConversionResult changed = conversion ? conversion->result() : ConversionResult{};
        return JobResult{range.last - range.first, file.source().size(), sink->written(), changed};
    });
}

}  // namespace mrcz
