#include "process/random_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "simd/level_table.hpp"

namespace mrcz {
namespace {

/// SplitMix64 of seed and frame: neighbouring frames share nothing.
std::uint32_t key_of(std::int64_t frame, std::uint64_t seed) noexcept {
    std::uint64_t word = seed + 0x9e3779b97f4a7c15 * (static_cast<std::uint64_t>(frame) + 1);
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::uint32_t>(word ^ (word >> 31));
}

/// The greatest float that is no more than `bound`, so that the conversion back is defined.
template <class Integer>
float not_above(Integer bound) noexcept {
    const auto nearest = static_cast<float>(bound);
    return static_cast<double>(nearest) > static_cast<double>(bound) ? std::nextafter(nearest, 0.0F) : nearest;
}

template <class Integer>
constexpr PixelType pixel_type_of() noexcept {
    if constexpr (sizeof(Integer) == 1) return std::is_signed_v<Integer> ? PixelType::int8 : PixelType::uint8;
    if constexpr (sizeof(Integer) == 2) return std::is_signed_v<Integer> ? PixelType::int16 : PixelType::uint16;
    return std::is_signed_v<Integer> ? PixelType::int32 : PixelType::uint32;
}

}  // namespace

template <class Integer>
std::uint64_t round_at_random(std::span<const float> values, std::span<Integer> into, Integer least, Integer greatest,
                              std::int64_t frame, std::uint64_t seed) {
    constexpr std::size_t piece = std::size_t{1} << 14;
    const auto round_run = simd::best_table().round_run(pixel_type_of<Integer>());
    simd::RoundingOfRun rounding{key_of(frame, seed), 0, 0, static_cast<float>(least), not_above(greatest)};
    std::uint64_t beyond = 0;
    for (std::size_t at = 0; at < values.size(); at += piece) {
        rounding.first_pixel = static_cast<std::uint32_t>(at);
        rounding.pixels = static_cast<std::uint32_t>(std::min(piece, values.size() - at));
        beyond += round_run(values.data() + at, std::as_writable_bytes(into.subspan(at)).data(), rounding);
    }
    return beyond;
}

template std::uint64_t round_at_random(std::span<const float>, std::span<std::int8_t>, std::int8_t, std::int8_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint8_t>, std::uint8_t, std::uint8_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::int16_t>, std::int16_t, std::int16_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint16_t>, std::uint16_t, std::uint16_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::int32_t>, std::int32_t, std::int32_t,
                                       std::int64_t, std::uint64_t);
template std::uint64_t round_at_random(std::span<const float>, std::span<std::uint32_t>, std::uint32_t, std::uint32_t,
                                       std::int64_t, std::uint64_t);

}  // namespace mrcz
