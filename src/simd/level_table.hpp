// What one instruction set provides to kernels.cpp and hash.cpp. Pointers and sizes only: the files of level/ are
// compiled with instructions that a processor may lack, so no inline function that the linker could share with the rest
// of the program (a std::span member, say) may be compiled there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/kernels.hpp"

namespace mrcz::simd {

/// Room for xxHash's streaming state, which level/xxh3.inl checks.
inline constexpr std::size_t hash_state_bytes = 576;
inline constexpr std::size_t hash_state_alignment = 64;

/// Numbers that a loop changed.
struct ConversionCounts {
    std::uint64_t clipped = 0;  ///< beyond the target's range, now its end
    std::uint64_t rounded = 0;  ///< within it, but between two of its values
    std::uint64_t nan = 0;      ///< to integers, now the least of them
};

/// Converts at most convert_block numbers that need not be aligned, and adds to the counts. A number is counted once.
using ConvertRun = void (*)(const std::byte* from, std::byte* to, std::size_t numbers, ConversionCounts& counts);
inline constexpr std::size_t convert_block = 4096;

/// What sums of pixels are kept in.
enum class SumType : std::uint8_t { uint8, uint16, uint32, int64, float64 };

/// Adds numbers, in the machine's byte order, to as many sums. Sums wrap; neither need be aligned; they do not overlap.
using AddRun = void (*)(const std::byte* from, std::byte* to, std::size_t numbers);

/// Frames that the kernels of several frames take at most.
inline constexpr std::size_t frames_at_once = 4;

/// How a run of at most 2^32 pixels of a frame is rounded.
struct RoundingOfRun {
    std::uint32_t key;          ///< of the frame: what is drawn is a hash of it and the pixel
    std::uint32_t first_pixel;  ///< number of the run's first one in the frame, modulo 2^32
    std::uint32_t pixels;
    float least, greatest;  ///< that the integers reach
};

/// Rounds up with the probability of the fraction. Values beyond the range become its end, NaN 0; returns how many were
/// one of these. `to` is aligned for its type.
using RoundRun = std::uint32_t (*)(const float* from, std::byte* to, const RoundingOfRun& rounding);

struct LevelTable {
    Level level;
    const char* name;

    void (*bitshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*bitunshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*byteshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*byteunshuffle)(const std::byte* from, std::byte* to, std::size_t elements, std::size_t element_bytes);
    void (*byteswap)(std::byte* data, std::size_t bytes, std::size_t word_bytes);
    void (*accumulate)(StatisticsState& state, const std::byte* pixels, std::size_t bytes, PixelType type);
    std::size_t (*find_runs)(const std::byte* from, std::size_t bytes, Run* runs, std::size_t capacity);

    /// The loop from one type to another, or null: to and from float16 by way of float32 only. As a source uint8 stands
    /// for unpacked 4-bit pixels, as a target uint4 does: bytes up to 15.
    ConvertRun (*convert_run)(PixelType from, PixelType to);
    /// 4-bit pixels to bytes and back, from the low half of a byte on; the high half behind an odd count is 0.
    void (*unpack_halves)(const std::byte* from, std::byte* to, std::size_t pixels);
    void (*pack_halves)(const std::byte* from, std::byte* to, std::size_t pixels);
    /// The loop from integers to integers or from float32 to float64, or null.
    AddRun (*add_run)(PixelType from, SumType to);
    /// Adds the 4-bit pixels of 1 to frames_at_once frames, from the low half of a byte on, to sums of 8 bits that stay
    /// below 256.
    void (*add_halves)(const std::byte* const* frames, std::size_t count, std::byte* to, std::size_t pixels);
    /// Adds the float16 pixels of 1 to frames_at_once frames, one frame after the other, to sums of type float64.
    void (*add_float16)(const std::byte* const* frames, std::size_t count, std::byte* to, std::size_t pixels);

    /// The loop to a type of integers, or null.
    RoundRun (*round_run)(PixelType to);

    std::uint64_t (*xxh3_64)(const std::byte* from, std::size_t bytes);
    void (*hash64_reset)(void* state);
    void (*hash64_update)(void* state, const std::byte* from, std::size_t bytes);
    std::uint64_t (*hash64_digest)(const void* state);
    void (*hash128_reset)(void* state);
    void (*hash128_update)(void* state, const std::byte* from, std::size_t bytes);
    void (*hash128_digest)(const void* state, std::byte* canonical);
};

extern const LevelTable scalar_table;
#if defined(MRCZ_SIMD_X86)
extern const LevelTable avx2_table;
extern const LevelTable avx512_table;
#endif

/// The table of a level, which must not be above best_level().
[[nodiscard]] const LevelTable& table_of(Level level) noexcept;
/// The table of best_level().
[[nodiscard]] const LevelTable& best_table() noexcept;

}  // namespace mrcz::simd
