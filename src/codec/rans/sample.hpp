// Pixels of a frame that stand for all of it.
#pragma once

#include "codec/rans/plan.hpp"

namespace mrcz::codec::rans {

/// Runs of `run_pixels`, spread evenly, at most `pixels` together (or one run); the frame itself where it is no larger.
[[nodiscard]] Bytes sample(const FrameSetup& setup, std::span<const std::byte> frame, std::size_t pixels,
                           std::size_t run_pixels);

/// Symbols of the pixels, counted.
[[nodiscard]] Counts count_symbols(const FrameSetup& setup, const Coding& coding, std::span<const std::byte> pixels);

/// Bits that follow a wild symbol, on average.
[[nodiscard]] unsigned wild_bits(const FrameSetup& setup, const Coding& coding, std::span<const std::byte> pixels);

/// The coding for tuples of 1, 2 or 4 pixels whose range takes in most of the pixels, with the least shift that does.
class RangeFinder {
  public:
    RangeFinder(const PixelKind& kind, std::span<const std::byte> pixels);

    struct Range {
        Coding coding;
        double covered = 0;  ///< share of the pixels
    };
    [[nodiscard]] Range find(unsigned tuple) const;

  private:
    [[nodiscard]] Range find(unsigned tuple, unsigned shift) const;

    PixelKind kind_;
    std::vector<std::uint32_t> sorted_;  ///< with the sign bit turned
};

}  // namespace mrcz::codec::rans
