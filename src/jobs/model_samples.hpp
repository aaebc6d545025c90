// What is looked at from all over a file before its first frame is coded.
#pragma once

#include <vector>

#include "base/buffer.hpp"
#include "base/bytes.hpp"
#include "codec/codec.hpp"
#include "jobs/frame_feed.hpp"

namespace mrcz::jobs {

/// To learn a model from.
class ModelSamples {
  public:
    /// `count` frames at equal distances, but those that cannot be read: the job that reads all of them says why.
    ModelSamples(FrameFeed& feed, std::int64_t count);

    /// Empty where the feed's frames only come in order.
    [[nodiscard]] const std::vector<std::span<const std::byte>>& frames() const noexcept { return frames_; }

  private:
    std::vector<Buffer> memory_;
    std::vector<std::span<const std::byte>> frames_;
};

/// To settle options that are to be measured.
class PeekedParts {
  public:
    /// Those of `parts` that can be read.
    PeekedParts(FrameFeed& feed, std::span<const codec::FramePart> parts);

    /// Empty where the feed's frames only come in order.
    [[nodiscard]] const std::vector<std::span<const std::byte>>& parts() const noexcept { return parts_; }

  private:
    bool peek(FrameFeed& feed, std::span<const codec::FramePart> of_one_frame);

    std::vector<Bytes> memory_;
    std::vector<std::span<const std::byte>> parts_;
};

}  // namespace mrcz::jobs
