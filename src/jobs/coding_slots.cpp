#include "jobs/coding_slots.hpp"

#include <algorithm>

#include "base/ordered_pipeline.hpp"
#include "base/thread_shares.hpp"
#include "jobs/codec_choice.hpp"
#include "jobs/model_samples.hpp"
#include "simd/hash.hpp"

namespace mrcz::jobs {

namespace {

/// One frame, or as many as are worth no word: they settle what is to be measured where frames only come in order.
std::int64_t frames_read_early(const header::Layout& layout) {
    constexpr std::uint64_t most_bytes = std::uint64_t{1} << 20, most_frames = 8;
    const std::uint64_t fitting = most_bytes / std::max<std::uint64_t>(1, layout.frame_bytes);
    return std::min(layout.frames, static_cast<std::int64_t>(std::clamp<std::uint64_t>(fitting, 1, most_frames)));
}

}  // namespace

CodingSlots::CodingSlots(FrameFeed& feed, const codec::CodecRow* row, const CodecOptions& options,
                         const RunContext& context, bool moves, double least_speed)
    : moves_(moves), row_(row) {
    const header::Layout& layout = feed.layout();
    const container::CodedFormat format{layout.format(), layout.frame_bytes, layout.frames};
    for (std::size_t slot = pipeline_slots(context); slot > 0; --slot) feeds_.push_back(feed.make_slot());
    pixels_.resize(feeds_.size());
    const std::int64_t wanted =
        row == nullptr ? samples_to_choose(format) : container::samples_wanted(*row, layout.frame_bytes, layout.frames);
    const ModelSamples peeked(feed, wanted);
    read_early(feed, std::max(moves ? std::min<std::int64_t>(layout.frames, 1) : frames_read_early(layout),
                              peeked.frames().empty() ? wanted : 0));
    const auto& samples = peeked.frames().empty() ? early_ : peeked.frames();
    if (row_ == nullptr) {
        CodecChoice choice = choose_codec(format, options, least_speed, samples);
        row_ = choice.row;
        model_ = std::move(choice.model);
    } else {
        model_ = container::learn_model(*row_, format, samples, layout.frames);
    }
    CodecOptions chosen = options;
    // Most frames are moved, and nothing is to be measured for the few that are not.
    const bool first_moves = moves_ && !early_.empty() && !feeds_[0]->chunk().empty();
    if (first_moves && chosen.filter == Filter::automatic) chosen.filter = Filter::bitshuffle;
    prepare(feed, format, chosen);
    for (std::size_t slot = 0; slot < feeds_.size(); ++slot) {
        coders_.emplace_back(*coding_);
        recorders_.emplace_back(layout.format());
    }
    taken_.resize(feeds_.size());
    moved_.resize(feeds_.size());
}

void CodingSlots::prepare(FrameFeed& feed, const container::CodedFormat& format, const CodecOptions& options) {
    const PeekedParts peeked(feed, container::parts_to_measure(*row_, format, options, format.frames));
    const container::FrameSamples early(*row_, format, options, early_);
    codec::Samples samples = early.get();
    if (!peeked.parts().empty()) samples.parts = peeked.parts();
    coding_.emplace(*row_, format, options, samples, model_ ? std::optional(model_->model) : std::nullopt);
}

void CodingSlots::work(std::int64_t frame, std::size_t slot) {
    pixels_[slot] = is_early(frame) ? early_[static_cast<std::size_t>(frame)] : feeds_[slot]->pixels();
    const auto chunk = moves_ ? feeds_[slot]->chunk() : std::span<const std::byte>();
    moved_[slot] = !chunk.empty();
    if (chunk.empty()) {
        (void)coders_[slot].encode(frame, pixels_[slot]);
        return;
    }
    recorders_[slot].start();
    recorders_[slot].observe(pixels_[slot]);
    taken_[slot] = {chunk, simd::hash64(chunk), recorders_[slot].hash(), recorders_[slot].statistics()};
    ++moved_count_;
}

void CodingSlots::read_early(FrameFeed& feed, std::int64_t count) {
    for (std::int64_t frame = 0; frame < count; ++frame) {
        if (frame > 0) early_slots_.push_back(feed.make_slot());
        FeedSlot& slot = frame == 0 ? *feeds_[0] : *early_slots_.back();
        slot.fetch(frame);
        early_.push_back(slot.pixels());
    }
}

void code_frames(CodingSlots& slots, const header::Layout& layout, const std::function<void(std::size_t slot)>& put,
                 const std::function<std::uint64_t()>& written, const RunContext& context) {
    const std::int64_t frames = layout.frames;
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
                put(slot);
                if (!context.progress) return;
                const std::uint64_t done = static_cast<std::uint64_t>(frame + 1) * layout.frame_bytes;
                context.progress({frame + 1, frames, done, written()});
            },
    };
    const ThreadShares threads(context, frames, slots.parts());
    slots.run_parts_on(threads.of_parts());
    run_ordered(stages, threads.of_frames());
}

}  // namespace mrcz::jobs
