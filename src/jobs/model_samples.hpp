// Frames from all over a file, to learn a model from before the first is coded.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "jobs/frame_feed.hpp"

namespace mrcz::jobs {

class ModelSamples {
  public:
    /// `count` frames at equal distances, but those that cannot be read: the job that reads all of them says why.
    ModelSamples(FrameFeed& feed, std::int64_t count);

    /// Empty where the feed's frames only come in order.
    [[nodiscard]] const std::vector<std::span<const std::byte>>& frames() const noexcept { return frames_; }

  private:
    std::vector<Bytes> memory_;
    std::vector<std::span<const std::byte>> frames_;
};

}  // namespace mrcz::jobs
