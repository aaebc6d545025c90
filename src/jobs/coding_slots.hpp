// The memory of a pipeline that brings the frames of a feed into the chunks of a new file: coded, or moved as they lie.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "container/frame_coder.hpp"
#include "jobs/frame_feed.hpp"

namespace mrcz::jobs {

/// The first frames are read before the encoder is made, because they settle options that measure, and the model where
/// frames only come in order.
class CodingSlots {
  public:
    /// `row`: null for the codec that makes the frames smallest (choose_codec()). `moves`: chunks that the feed has
    /// already (FeedSlot::chunk()) are taken as they are.
    CodingSlots(FrameFeed& feed, const codec::CodecRow* row, const CodecOptions& options, const RunContext& context,
                bool moves = false, double least_speed = 0);

    [[nodiscard]] const CodecInfo& codec() const noexcept { return row_->info; }
    [[nodiscard]] std::size_t parts() const { return coding_->encoder().parts(); }
    void run_parts_on(Executor* executor) {
        for (container::FrameCoder& coder : coders_) coder.run_parts_on(executor);
    }
    /// Of the frames coded here.
    [[nodiscard]] container::FrameEntropy entropy() const { return container::entropy_of(coders_); }

    /// Of the chunk that is to stand before the frames; empty: there is none.
    [[nodiscard]] std::span<const std::byte> model_chunk() const {
        return model_ ? std::span<const std::byte>(model_->chunk) : std::span<const std::byte>();
    }

    // Early frames are there already.
    void take(std::int64_t frame, std::size_t slot) {
        if (!is_early(frame)) feeds_[slot]->fetch(frame);
    }
    void work(std::int64_t frame, std::size_t slot);
    [[nodiscard]] std::span<const std::byte> pixels(std::size_t slot) const { return pixels_[slot]; }
    [[nodiscard]] const container::CodedFrame& coded(std::size_t slot) const {
        return moved_[slot] ? taken_[slot] : coders_[slot].coded();
    }
    /// Frames whose chunks were taken as they are.
    [[nodiscard]] std::int64_t moved() const noexcept { return moved_count_; }

  private:
    [[nodiscard]] bool is_early(std::int64_t frame) const { return static_cast<std::size_t>(frame) < early_.size(); }
    /// With what settles options that are to be measured: parts from all over the stack, or of the early frames.
    void prepare(FrameFeed& feed, const container::CodedFormat& format, const CodecOptions& options);
    /// The first of them lies in slot 0, which is the first that the pipeline hands out.
    void read_early(FrameFeed& feed, std::int64_t count);

    bool moves_;
    std::vector<std::unique_ptr<FeedSlot>> feeds_, early_slots_;
    std::vector<std::span<const std::byte>> pixels_, early_;
    const codec::CodecRow* row_;
    std::optional<container::LearnedModel> model_;
    std::optional<container::FrameCoding> coding_;
    std::vector<container::FrameCoder> coders_;
    std::vector<container::FrameRecorder> recorders_;
    std::vector<container::CodedFrame> taken_;
    std::vector<char> moved_;  ///< of each slot's frame; not bool, whose bits threads would share
    std::atomic<std::int64_t> moved_count_ = 0;
};

/// All frames of `layout` through the pipeline; `put` is called of each slot, in frame order.
void code_frames(CodingSlots& slots, const header::Layout& layout, const std::function<void(std::size_t slot)>& put,
                 const std::function<std::uint64_t()>& written, const RunContext& context);

}  // namespace mrcz::jobs
