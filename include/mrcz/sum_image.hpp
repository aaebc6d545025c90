// The sum of all frames of a stack, exact: what corrections are found from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/frame_format.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/stack_sum.hpp"

namespace MRCZ_API mrcz {

/// Adds up frames. The result does not depend on the number of threads.
class FrameSummer {
  public:
    /// For frames of `format`: any integer or float type, 4-bit ones included. Throws Error{unsupported} for complex
    /// and colour pixels.
    explicit FrameSummer(const FrameFormat& format);
    /// Goes on where `before`, a sum of such frames, ended: the result is that of all frames. Throws
    /// Error{invalid_argument} when it cannot be one.
    FrameSummer(const FrameFormat& format, SumImage before);

    /// Adds one frame, bytes_of(format) bytes in the machine's byte order; the context's threads each take some rows.
    void add(std::span<const std::byte> frame, const RunContext& context = {});
    /// The sum of what was added, zeros where nothing was; the summer is empty again.
    [[nodiscard]] SumImage take();

  private:
    void hold(std::span<const std::byte> frame, const RunContext& context);
    void add_with_held(std::optional<std::span<const std::byte>> frame, const RunContext& context);
    void add_frames(std::span<const std::span<const std::byte>> frames, const RunContext& context);
    void make_room(std::int64_t frames, const RunContext& context);
    void empty_small(const RunContext& context);
    void widen();

    FrameFormat format_;
    SumImage sum_;
    std::vector<std::byte> small_;  // sums of the latest frames in 8 or 16 bits
    std::int64_t frames_in_small_ = 0;
    std::vector<std::byte> held_;  // frames that are added at once when one more comes
    std::size_t held_frames_ = 0;
};

}  // namespace mrcz
