// The sum of all frames of a stack, exact: what corrections are found from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "mrcz/float_image.hpp"
#include "mrcz/frame_format.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz {

/// Sum over frames, pixel by pixel. Sums of integer frames are exact whatever the type of the values: 32-bit unsigned
/// where they fit, else 64-bit. Sums of floats are doubles, added in frame order.
struct SumImage {
    ImageShape shape;
    std::int64_t frames = 0;
    std::variant<std::vector<std::uint32_t>, std::vector<std::int64_t>, std::vector<double>> values;

    friend bool operator==(const SumImage&, const SumImage&) = default;
};

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
