// Fractions rounded at random, so that integers keep the mean of what they stand for.
#pragma once

#include <cstdint>
#include <span>

namespace mrcz {

/// Rounds up with the probability of the fraction, drawn by a hash of seed, frame and pixel; whole values stay. Values
/// beyond `least` … `greatest` become the nearest of them, NaN 0. Returns how many pixels were one of these.
template <class Integer>
[[nodiscard]] std::uint64_t round_at_random(std::span<const float> values, std::span<Integer> into, Integer least,
                                            Integer greatest, std::int64_t frame, std::uint64_t seed);

}  // namespace mrcz
