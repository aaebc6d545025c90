#include <exception>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/frame_coder.hpp"
#include "container/growth.hpp"
#include "container/growth_start.hpp"
#include "container/open_to_grow.hpp"
#include "container/provenance_steps.hpp"
#include "container/sum_section.hpp"
#include "container/target_coding.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/kept_sections.hpp"
#include "jobs/live_end.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;

using container::Growth;
using jobs::FrameFeed;

std::string describe(const header::Layout& layout) {
    const std::string_view rows = layout.packing == RowPacking::padded ? " in padded rows" : " in contiguous rows";
    return concat(layout.columns, " x ", layout.rows, " ", info_of(layout.type).name,
                  layout.type == PixelType::uint4 && layout.columns % 2 != 0 ? rows : "");
}

/// Where frames differ only in how bytes of mode 0 are read.
std::string_view sign_hint(const header::Layout& input, const header::Layout& target) {
    FrameFormat as_target = input.format();
    as_target.type = target.type;
    if (as_target != target.format()) return "";
    if (input.type == PixelType::int8 && target.type == PixelType::uint8)
        return "; if its bytes are unsigned, say so: --mode0 unsigned";
    if (input.type == PixelType::uint8 && target.type == PixelType::int8)
        return "; if its bytes are signed, say so: --mode0 signed";
    return "";
}

void require_alike(const header::Layout& input, const header::Layout& target, const std::string& name) {
    // Rows of 4-bit pixels that lie otherwise make frames of other bytes.
    if (input.format() == target.format() && input.frame_bytes == target.frame_bytes) return;
    fail(ErrorCode::invalid_argument, "has frames of ", describe(input), ", ", name, " of ", describe(target),
         "; only frames of the same shape and pixel type can be appended", sign_hint(input, target));
}

void warn_of_what_stays(FrameFeed& feed, const std::string& name, bool target_is_corrected, const Limits& limits,
                        const RunContext& context) {
    if (!context.log) return;
    if (!feed.extended_header().empty())
        context.log(
            concat("the extended header of ", name, " (", feed.extended_header().size(), " bytes) is not appended"));
    const auto sections = feed.sections();
    for (const container::Section& section : sections)
        if (section.id == container::section::metadata)
            context.log(concat("the metadata of ", name, " are not appended"));
    if (!target_is_corrected && !jobs::corrections_of(sections, limits).empty())
        context.log(concat("frames of ", name, " were corrected, which the target's record does not say"));
}

/// A record of corrections is of all frames, or it is wrong.
void refuse_mixture(const std::vector<container::Section>& sections, const Limits& limits) {
    if (jobs::corrections_of(sections, limits).empty()) return;
    fail(ErrorCode::invalid_argument,
         "its frames were corrected (mrcz info shows how), and its record would be said of the new frames, too; "
         "--corrected says that they are corrected alike");
}

/// All inputs, each opened and compared with the target; those that can be read only once stay open.
std::vector<std::unique_ptr<FrameFeed>> checked_feeds(std::span<const Input> inputs, const fs::path& target,
                                                      const header::Layout& layout, const AppendOptions& options,
                                                      const RunContext& context) {
    std::vector<std::unique_ptr<FrameFeed>> feeds;
    for (const Input& input : inputs)
        in_file(input.display_name(), [&] {
            std::error_code ignored;
            if (!input.descriptor && fs::equivalent(input.path, target, ignored))
                fail(ErrorCode::invalid_argument, "is appended to itself; copy it first");
            auto feed = jobs::open_feed(input, options.limits, options.mode0, context);
            require_alike(feed->layout(), layout, target.string());
            const bool readable_again = !input.descriptor && fs::is_regular_file(input.path, ignored);
            feeds.push_back(readable_again ? nullptr : std::move(feed));
        });
    return feeds;
}

/// Codes frames alike, input after input.
class Appender {
  public:
    /// `sum`: over the frames there are, to be extended; or nothing.
    Appender(Growth& growth, const header::Layout& target, const CodecOptions& coding, std::optional<SumImage> sum,
             const std::optional<container::NumberedModel>& model, const RunContext& context)
        : growth_(growth),
          layout_(target),
          row_(codec::writing_row(*find_codec(target.codec_id))),
          options_(coding),
          model_(model),
          context_(context),
          coders_(pipeline_slots(context)),
          pixels_(coders_.size()) {
        if (sum) summer_.emplace(target.format(), *std::move(sum));
    }

    /// Over all frames of the target now, where it is known.
    [[nodiscard]] std::optional<SumImage> take_sum() {
        if (!summer_) return std::nullopt;
        SumImage sum = summer_->take();
        return sum.frames == growth_.frames() ? std::optional(std::move(sum)) : std::nullopt;
    }

    /// Of the frames appended.
    [[nodiscard]] container::FrameEntropy entropy() const { return container::entropy_of(coders_); }

    void run(FrameFeed& feed) {
        const std::int64_t frames = feed.layout().frames;
        std::vector<std::unique_ptr<jobs::FeedSlot>> slots;
        for (std::size_t slot = coders_.size(); slot > 0; --slot) slots.push_back(feed.make_slot());
        std::span<const std::byte> first;
        if (!coding_ && frames > 0) {  // the first frame settles what is to be measured
            slots[0]->fetch(0);
            first = slots[0]->pixels();
            coding_.emplace(row_, container::CodedFormat{layout_.format(), layout_.frame_bytes}, options_,
                            codec::Samples{.first_frame = first}, model_);
        }
        const std::int64_t before = growth_.frames();
        const PipelineStages stages{
            .take =
                [&](std::int64_t frame, std::size_t slot) {
                    if (frame >= frames) return false;
                    if (frame > 0 || first.empty()) slots[slot]->fetch(frame);
                    return true;
                },
            .work =
                [&](std::int64_t frame, std::size_t slot) {
                    if (!coders_[slot]) coders_[slot].emplace(*coding_);
                    pixels_[slot] = frame == 0 && !first.empty() ? first : slots[slot]->pixels();
                    (void)coders_[slot]->encode(before + frame, pixels_[slot]);
                },
            .put =
                [&](std::int64_t frame, std::size_t slot) {
                    growth_.add(coders_[slot]->coded());
                    if (summer_) summer_->add(pixels_[slot]);
                    if (context_.progress)
                        context_.progress({frame + 1, frames, feed.bytes_read(), growth_.data_end()});
                },
        };
        run_ordered(stages, context_);
    }

  private:
    Growth& growth_;
    const header::Layout& layout_;
    const codec::CodecRow& row_;
    CodecOptions options_;
    std::optional<container::NumberedModel> model_;
    const RunContext& context_;
    std::optional<container::FrameCoding> coding_;
    std::vector<std::optional<container::FrameCoder>> coders_;
    std::vector<std::span<const std::byte>> pixels_;
    std::optional<FrameSummer> summer_;
};

/// The extended sum goes into the footer, and is then none of what is dropped.
void keep_sum(Appender& appender, Growth& growth, std::vector<std::string>& dropped) {
    const auto sum = appender.take_sum();
    if (!sum) return;
    growth.add_section(container::sum_section(*sum));
    std::erase(dropped, container::section::sum);
}

}  // namespace

AppendResult append(std::span<const Input> inputs, const fs::path& target, const AppendOptions& options,
                    const RunContext& context) {
    auto found =
        in_file(target.string(), [&] { return container::open_to_grow(io::disk(), target, options.limits, context); });
    const header::Layout layout = found.start.layout;
    std::vector<std::string> dropped = found.start.dropped;
    auto sum = std::exchange(found.start.sum, std::nullopt);
    const CodecOptions coding = container::merged(options.coding, found.coding);
    const CodecInfo& codec = *find_codec(layout.codec_id);
    in_file(target.string(), [&] {  // refused before anything is written
        (void)codec::writing_row(codec);
        if (!options.corrected) refuse_mixture(found.start.sections, options.limits);
    });
    auto feeds = checked_feeds(inputs, target, layout, options, context);
    AppendResult result{.frames_before = layout.frames, .frames = layout.frames, .bytes_in = 0, .bytes_out = 0};
    return in_file(target.string(), [&] {
        Growth growth(container::GrowingFile(io::disk(), target, std::move(found.file), std::move(found.start)),
                      options.live);
        Appender appender(growth, layout, coding, std::move(sum), found.model, context);
        std::exception_ptr failure;
        try {
            for (std::size_t i = 0; i < inputs.size(); ++i)
                in_file(inputs[i].display_name(), [&] {
                    auto feed = feeds[i] ? std::move(feeds[i])
                                         : jobs::open_feed(inputs[i], options.limits, options.mode0, context);
                    require_alike(feed->layout(), layout, target.string());
                    appender.run(*feed);
                    warn_of_what_stays(*feed, inputs[i].display_name(), options.corrected, options.limits, context);
                    result.bytes_in += feed->bytes_read();
                });
        } catch (...) {
            if (!options.live) throw;
            failure = std::current_exception();  // what came before it is kept
        }
        result.frames = growth.frames();
        if (result.frames == result.frames_before) {  // giving up leaves the file with all it has
            if (failure) std::rethrow_exception(failure);
            return result;
        }
        keep_sum(appender, growth, dropped);
        growth.add_entropy(appender.entropy());
        const std::string step = container::append_step(codec.name, result.frames_before, result.frames);
        if (options.live) container::tell_dropped(dropped, target.string(), context);
        result.bytes_out = options.live ? jobs::end_live(growth, step, target, failure) : growth.finish(step);
        if (!options.live) container::tell_dropped(dropped, target.string(), context);
        return result;
    });
}

}  // namespace mrcz
