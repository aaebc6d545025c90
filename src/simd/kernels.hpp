// The loops worth writing per instruction set, behind plain functions. Every level computes the same bytes; the level
// is chosen once, at run time, from what the processor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mrcz/pixel_type.hpp"

namespace mrcz::simd {

enum class Level { scalar, avx2, avx512 };

/// Running statistics of one frame, fed piece by piece in any cut that leaves pixels whole. The result does not depend
/// on the cut or the level: integers are summed exactly, floats in sixteen lanes by pixel index modulo 16. Read it with
/// finish() of statistics.hpp.
struct StatisticsState {
    static constexpr std::size_t lanes = 16;

    std::uint64_t count = 0;      ///< pixels seen, NaN included
    std::uint64_t nan_count = 0;  ///< of floats

    // Integers. Exact for frames of fewer than 2^34 pixels of 8 or 16 bit, 2^31 of 32 bit.
    std::int64_t integer_min = INT64_MAX, integer_max = INT64_MIN;
    std::int64_t integer_sum = 0;
    std::uint64_t integer_square = 0;  ///< up to 16 bit: sum of squares modulo 2^64

    // Floats and 32-bit integers. Distances are taken from the pivot so that squares of large, nearly equal numbers do
    // not swallow their differences; it is the first finite pixel.
    bool has_pivot = false;
    double pivot = 0;
    double float_square[lanes];  ///< of the distances
    double float_sum[lanes];     ///< of the distances; floats only, as the two below
    double float_min[lanes], float_max[lanes];

    StatisticsState() noexcept;
};

/// Bytes that differ from their neighbours, then bytes that equal the one before them.
struct Run {
    std::uint32_t literals;
    std::uint32_t length;
};

/// Shorter runs are not worth telling a compressor of: measured on counted and integrating movies and 4D-STEM scans.
inline constexpr std::size_t least_run = 7;

struct Kernels {
    Level level;
    const char* name;

    /// Bit transpose as c-blosc's BLOSC_BITSHUFFLE stores it: `elements` (a multiple of 8) of `element_bytes` each; the
    /// plane of byte k, bit b starts at (8*k + b) * elements/8; bit j of byte i of a plane belongs to element 8*i + j.
    void (*bitshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*bitunshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);

    /// Byte transpose as BLOSC_SHUFFLE: byte k of every element, for k = 0, 1, ...
    void (*byteshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*byteunshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);

    /// Reverses the bytes of every word in place; `word_bytes` is 1, 2, 4 or 8 and divides the size.
    void (*byteswap)(std::span<std::byte> data, std::size_t word_bytes);

    /// Adds little-endian pixels to the statistics; of 4-bit ones, two a byte. Complex and colour types only count.
    void (*accumulate)(StatisticsState& state, std::span<const std::byte> pixels, PixelType type);

    /// Every longest stretch of at least `least_run` positions that equal the position before them. Returns how many
    /// there are; writes at most `runs.size()` of them. Bytes behind the last are literals.
    std::size_t (*find_runs)(std::span<const std::byte> bytes, std::span<Run> runs);

    /// XXH3 of the bytes, canonical value. Streaming state: see hash.hpp.
    std::uint64_t (*xxh3_64)(std::span<const std::byte> bytes);
};

/// The kernels of one level; `level` must not be above best_level().
[[nodiscard]] const Kernels& kernels(Level level) noexcept;
/// The kernels of best_level().
[[nodiscard]] const Kernels& kernels() noexcept;
/// The highest level this processor and build have.
[[nodiscard]] Level best_level() noexcept;

}  // namespace mrcz::simd
