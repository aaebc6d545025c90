// Random numbers that follow from seed, frame and pixel alone: the same on any machine, in any order, on any threads.
#pragma once

#include <cstdint>

namespace mrcz {

/// Of one frame of a stack.
class FrameRandom {
  public:
    FrameRandom(std::uint64_t seed, std::int64_t frame) noexcept
        : key_(mixed(mixed(seed) + static_cast<std::uint64_t>(frame))) {}

    /// 64 random bits for a pixel; what needs more of them takes other streams.
    [[nodiscard]] std::uint64_t at(std::uint64_t pixel, std::uint64_t stream = 0) const noexcept {
        return mixed(key_ + stream * 0xA0761D6478BD642FU + pixel * 0x9E3779B97F4A7C15U);
    }

  private:
    static constexpr std::uint64_t mixed(std::uint64_t bits) noexcept {
        bits = (bits ^ bits >> 32) * 0xD6E8FEB86659FD93U;
        bits = (bits ^ bits >> 29) * 0xE7037ED1A0B428DBU;
        return bits ^ bits >> 32;
    }

    std::uint64_t key_;
};

/// 0 … count - 1 from random bits; count is far below 2^32.
[[nodiscard]] constexpr std::uint32_t random_below(std::uint64_t bits, std::uint32_t count) noexcept {
    return static_cast<std::uint32_t>((bits >> 32) * count >> 32);
}

/// 0 up to but not including 1, in steps of 2^-24.
[[nodiscard]] constexpr float random_unit(std::uint64_t bits) noexcept {
    return static_cast<float>(bits >> 40) * 0x1p-24F;
}

/// About normal, mean 0, variance 1, within 8.2: made of sums and one product only, which every machine rounds alike.
[[nodiscard]] inline float random_normal(std::uint64_t bits, std::uint64_t more_bits) noexcept {
    constexpr float one_over_sigma = 0.24935150F;  // of 64 coins and one uniform number: 1 / sqrt(16 + 1 / 12)
    const float coins = static_cast<float>(__builtin_popcountll(bits)) - 32.0F;
    return (coins + (random_unit(more_bits) - 0.5F)) * one_over_sigma;
}

}  // namespace mrcz
