// From the running sums of kernels.hpp to the statistics of a frame.
#pragma once

#include "mrcz/frame_format.hpp"
#include "mrcz/frame_statistics.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {

/// All four NaN for complex and colour types and when no pixel was a number. Infinities are ordinary in the minimum and
/// the maximum; with them the mean is the infinity, or NaN when both signs occur, and the standard deviation is NaN.
/// A minimum or maximum of zero is +0.
[[nodiscard]] FrameStatistics finish(const StatisticsState& state, PixelType type);

/// The statistics of one frame, fed from its first byte to its last in any cut that leaves numbers whole. Halves of
/// bytes that are no pixels are left out.
class FrameSums {
  public:
    explicit FrameSums(const FrameFormat& format) noexcept;

    void start() noexcept;
    void add(std::span<const std::byte> piece);
    [[nodiscard]] FrameStatistics result() const { return finish(state_, type_); }

  private:
    void add_rows_with_empty_halves(std::span<const std::byte> piece);

    PixelType type_;
    std::uint64_t bytes_to_empty_half_;
    std::uint64_t bytes_since_empty_half_ = 0;
    StatisticsState state_;
};

}  // namespace mrcz::simd
