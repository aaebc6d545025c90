// The section SUMI: the sum over all frames, raw, before any correction.
#pragma once

#include "container/section.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::container {

/// What a section SUMI takes at most: an image of sums is bounded as a frame is.
[[nodiscard]] constexpr std::uint64_t most_sum_bytes(const Limits& limits) noexcept {
    constexpr std::uint64_t head_bytes = 8;
    return limits.frame_bytes > ~head_bytes ? limits.frame_bytes : limits.frame_bytes + head_bytes;
}

[[nodiscard]] Section sum_section(const SumImage& sum);

/// Of a file whose frames have `shape`. Throws Error{corrupt, truncated}.
[[nodiscard]] SumImage parse_sum(std::span<const std::byte> payload, const ImageShape& shape, std::int64_t frames);

/// Throws Error{corrupt} where a value is more than so many frames of such pixels can add up to. What is no number is
/// possible of floats.
void require_possible(const SumImage& sum, PixelType type);

}  // namespace mrcz::container
