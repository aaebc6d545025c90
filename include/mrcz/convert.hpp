// Pixels turned from one type into another, each value kept exactly unless the caller allows otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mrcz/export.h"
#include "mrcz/frame_format.hpp"
#include "mrcz/pixel_type.hpp"

namespace MRCZ_API mrcz {

/// What may happen to values that the new type does not have. Nothing may unless it is said here.
struct ConversionRules {
    /// Values beyond the range become its end; those whose nearest whole value (or, of float16, whose nearest number)
    /// is beyond it count as such. Infinities are values beyond the range of integers; floats keep them.
    bool clip = false;
    /// Fractions, and numbers with more digits than a float has, become the nearest value, of two equally near the
    /// even.
    bool round = false;
};

/// How many pixels hold another value now. A pixel whose value was beyond the range counts as clipped only; the real
/// and the imaginary part of a complex one count each for itself.
struct ConversionResult {
    std::uint64_t clipped = 0;
    std::uint64_t rounded = 0;
};

/// Whether there is a way: between real types, between complex types, and from any type to itself; complex pixels do
/// not become real ones or the other way round, colours nothing else.
[[nodiscard]] bool is_convertible(PixelType from, PixelType to) noexcept;

/// Fills `to` with the pixels of one frame in another format of as many columns and rows, both in the machine's byte
/// order and of bytes_of() their format. Packs and unpacks 4-bit pixels (as uint8, say) and turns padded rows into
/// contiguous ones; halves of bytes that are no pixels become 0.
///
/// NaN stays NaN between floats and is refused for integers, whatever the rules. -0.0 becomes the integer 0, which
/// counts as the same value.
///
/// Throws Error{invalid_argument} naming the first pixel, its value, and the rule that would allow it; `to` is then
/// filled in part.
ConversionResult convert(std::span<const std::byte> from, const FrameFormat& from_format, std::span<std::byte> to,
                         const FrameFormat& to_format, const ConversionRules& rules = {});

}  // namespace mrcz
