// How often each pixel value occurs, taken from a part of the pixels while frames are coded: what a code of single
// pixels could come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mrcz/frame_format.hpp"

namespace mrcz::container {

/// Bits of a pixel, on average of so many frames.
struct FrameEntropy {
    std::int64_t frames = 0;
    double pixel_bits = 0;
};

/// Of integer pixels. One thread; those of several are added up.
class ValueCounts {
  public:
    /// All pixels of a stack of `frames` count that is small, one in sixteen of others (and where frames is 0).
    ValueCounts(const FrameFormat& format, std::int64_t frames);

    /// Which pixels of a frame count follows from its number.
    void add(std::int64_t number, std::span<const std::byte> frame);
    void add(const ValueCounts& other);
    /// Of no frames where values are too many to count.
    [[nodiscard]] FrameEntropy entropy() const;

  private:
    void count(std::span<const std::byte> pixels);
    void count_bytes(std::span<const std::byte> pixels);
    [[nodiscard]] std::vector<std::uint64_t> by_value() const;

    PixelType type_;
    bool counts_all_;
    bool has_too_many_ = false;
    std::int64_t frames_ = 0;
    std::vector<std::uint64_t> counts_;  ///< by word; of bytes eight times over
};

}  // namespace mrcz::container
