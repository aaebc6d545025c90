// Reading one frame: its stored bytes, decoded, checked against its hash.
#pragma once

#include <memory>

#include "base/buffer.hpp"
#include "container/frame_records.hpp"
#include "container/mrc_file.hpp"

namespace mrcz::container {

/// Memory of one thread. Errors name the frame.
class FrameLoader {
  public:
    explicit FrameLoader(const MrcFile& file);

    /// Decodes parts of a frame side by side; null: one after another. See codec::Scratch.
    void run_parts_on(Executor* executor) noexcept { scratch_->executor = executor; }
    /// Fetches the stored bytes; they stay valid until the next fetch.
    std::span<const std::byte> fetch(std::int64_t frame);
    /// Decodes what was fetched into `out`, little-endian; throws when its hash does not hold.
    void decode(std::span<std::byte> out);

  private:
    void decode_fetched(std::span<std::byte> out);

    const MrcFile& file_;
    std::unique_ptr<codec::Scratch> scratch_;
    Buffer memory_;
    FrameRecorder recorder_;
    std::int64_t frame_ = 0;
    std::span<std::byte> stored_;
};

}  // namespace mrcz::container
