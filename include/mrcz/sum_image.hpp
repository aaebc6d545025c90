// The sum of all frames of a stack, exact: what corrections are found from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mrcz/frame_format.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz {

/// Adds up frames. The result does not depend on the number of threads.
class FrameSummer {
  public:
    /// For frames of `format`: any integer or float type, 4-bit ones included. Throws Error{invalid_argument} for
    /// complex and colour pixels.
    explicit FrameSummer(const FrameFormat& format);

    /// Adds one frame, bytes_of(format) bytes in the machine's byte order.
    void add(std::span<const std::byte> frame, const RunContext& context = {});
    /// The sum of what was added; the summer is empty again.
    [[nodiscard]] SumImage take();

  private:
    FrameFormat format_;
    SumImage sum_;
    std::uint64_t room_ = 0;  // what the largest 32-bit value may still grow by
};

}  // namespace mrcz
