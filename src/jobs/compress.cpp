#include <optional>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_coder.hpp"
#include "container/metadata_section.hpp"
#include "container/sum_section.hpp"
#include "header/compose.hpp"
#include "jobs/converting_feed.hpp"
#include "jobs/live.hpp"
#include "jobs/model_samples.hpp"
#include "jobs/open_input.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {
namespace {

using container::FileAssembler;
using container::FrameCoder;
using container::Section;
using jobs::FrameFeed;

const codec::CodecRow& row_named(std::string_view name) {
    const CodecInfo* info = find_codec(name);
    if (info == nullptr) fail(ErrorCode::invalid_argument, "there is no codec named ", name, "; see `mrcz codecs`");
    if (info->id == 0) fail(ErrorCode::invalid_argument, "codec raw does not compress; use decompress");
    return codec::writing_row(*info);
}

/// Slots of the pipeline. The first frames are read before the encoder is made, because they settle options that
/// measure, and the model where frames only come in order.
class CodingSlots {
  public:
    CodingSlots(FrameFeed& feed, const codec::CodecRow& row, const CodecOptions& options, const RunContext& context) {
        const header::Layout& layout = feed.layout();
        const container::CodedFormat format{layout.format(), layout.frame_bytes};
        for (std::size_t slot = pipeline_slots(context); slot > 0; --slot) feeds_.push_back(feed.make_slot());
        pixels_.resize(feeds_.size());
        const std::int64_t wanted = container::samples_wanted(row, layout.frame_bytes, layout.frames);
        const jobs::ModelSamples peeked(feed, wanted);
        read_early(feed, std::max(std::min<std::int64_t>(layout.frames, 1), peeked.frames().empty() ? wanted : 0));
        model_ = container::learn_model(row, format, peeked.frames().empty() ? early_ : peeked.frames(), layout.frames);
        const auto first = early_.empty() ? std::span<const std::byte>() : early_[0];
        coding_.emplace(row, format, options, first, model_ ? std::optional(model_->model) : std::nullopt);
        for (std::size_t slot = 0; slot < feeds_.size(); ++slot) coders_.emplace_back(*coding_);
    }

    /// Of the chunk that is to stand before the frames; empty: there is none.
    [[nodiscard]] std::span<const std::byte> model_chunk() const {
        return model_ ? std::span<const std::byte>(model_->chunk) : std::span<const std::byte>();
    }

    // Early frames are there already.
    void take(std::int64_t frame, std::size_t slot) {
        if (!is_early(frame)) feeds_[slot]->fetch(frame);
    }
    void work(std::int64_t frame, std::size_t slot) {
        pixels_[slot] = is_early(frame) ? early_[static_cast<std::size_t>(frame)] : feeds_[slot]->pixels();
        (void)coders_[slot].encode(frame, pixels_[slot]);
    }
    std::span<const std::byte> pixels(std::size_t slot) const { return pixels_[slot]; }
    const container::CodedFrame& coded(std::size_t slot) const { return coders_[slot].coded(); }

  private:
    [[nodiscard]] bool is_early(std::int64_t frame) const { return static_cast<std::size_t>(frame) < early_.size(); }

    /// The first of them lies in slot 0, which is the first that the pipeline hands out.
    void read_early(FrameFeed& feed, std::int64_t count) {
        for (std::int64_t frame = 0; frame < count; ++frame) {
            if (frame > 0) early_slots_.push_back(feed.make_slot());
            jobs::FeedSlot& slot = frame == 0 ? *feeds_[0] : *early_slots_.back();
            slot.fetch(frame);
            early_.push_back(slot.pixels());
        }
    }

    std::vector<std::unique_ptr<jobs::FeedSlot>> feeds_, early_slots_;
    std::vector<std::span<const std::byte>> pixels_, early_;
    std::optional<container::LearnedModel> model_;
    std::optional<container::FrameCoding> coding_;
    std::vector<FrameCoder> coders_;
};

void code_frames(FrameFeed& feed, CodingSlots& slots, FileAssembler& assembler, const io::ByteSink& sink,
                 std::optional<FrameSummer>& summer, const RunContext& context) {
    const std::int64_t frames = feed.layout().frames;
    const PipelineStages stages{
        .take =
            [&](std::int64_t frame, std::size_t slot) {
                if (frame >= frames) return false;
                slots.take(frame, slot);
                return true;
            },
        .work = [&](std::int64_t frame, std::size_t slot) { slots.work(frame, slot); },
        .put =
            [&](std::int64_t frame, std::size_t slot) {
                assembler.add(slots.coded(slot));
                if (summer) summer->add(slots.pixels(slot));
                if (!context.progress) return;
                const std::uint64_t done = static_cast<std::uint64_t>(frame + 1) * feed.layout().frame_bytes;
                context.progress({frame + 1, frames, done, sink.written()});
            },
    };
    run_ordered(stages, context);
}

/// What the input carries, with the metadata given now in place of older ones.
std::vector<Section> footer_sections(FrameFeed& feed, const CompressOptions& options,
                                     const std::optional<SumImage>& sum) {
    std::vector<Section> sections;
    if (options.metadata) sections.push_back(container::metadata_section(*options.metadata));
    bool has_provenance = false;
    for (Section& section : feed.sections()) {
        if (options.metadata && section.id == container::section::metadata) continue;
        has_provenance = has_provenance || section.id == container::section::provenance;
        sections.push_back(std::move(section));
    }
    if (sum) {
        std::erase_if(sections, [](const Section& section) { return section.id == container::section::sum; });
        sections.push_back(container::sum_section(*sum));
    }
    if (!has_provenance) sections.push_back(container::provenance_section("compress", options.codec));
    return sections;
}

}  // namespace

JobResult compress(const Input& input, const Output& output, const CompressOptions& options,
                   const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const codec::CodecRow& row = row_named(options.codec);
        if (options.live) return jobs::compress_live(input, output, row, options, context);
        const auto source = jobs::open_feed(input, options.limits, options.mode0, context);
        const auto conversion =
            jobs::requested_conversion(source->layout(), options.dtype, options.allowed, options.limits);
        const auto converting = conversion ? jobs::make_converting_feed(*source, *conversion) : nullptr;
        FrameFeed* const feed = conversion ? converting.get() : source.get();
        const header::Layout& layout = feed->layout();
        auto summer = options.keep_sum ? std::optional<FrameSummer>(layout.format()) : std::nullopt;
        const auto sink = jobs::open_sink(output, input, true);  // before any frame is read: it may be refused
        CodingSlots slots(*feed, row, options.coding, context);
        const std::uint64_t pixels = pixel_count(layout.format());
        FileAssembler assembler(*sink, header::compressed_header(layout, row.info.id), feed->extended_header(),
                                row.info, pixels);
        if (!slots.model_chunk().empty()) assembler.add_model(slots.model_chunk());
        code_frames(*feed, slots, assembler, *sink, summer, context);
        const auto sum = summer ? std::optional(summer->take()) : std::nullopt;
        assembler.finish(footer_sections(*feed, options, sum));
        sink->commit();
        if (conversion) conversion->tell(context);
        const ConversionResult changed = conversion ? conversion->result() : ConversionResult{};
        return JobResult{layout.frames, feed->bytes_read(), sink->written(), changed};
    });
}

}  // namespace mrcz
