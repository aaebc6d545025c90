// The pixel types of MRC files, one row each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

enum class PixelType : std::uint8_t {
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    float16,
    float32,
    complex_int16,    ///< interleaved real, imaginary
    complex_float32,  ///< interleaved real, imaginary
    rgb8,             ///< interleaved red, green, blue
    uint4,            ///< two pixels a byte, the first in its low half: frame_format.hpp says how rows lie
};

struct PixelTypeInfo {
    PixelType type;
    std::string_view name;     ///< NumPy's name where it has one
    std::uint8_t pixel_bytes;  ///< bytes of a pixel; 1 for uint4, where a byte holds two: see frame_format.hpp
    std::uint8_t word_bytes;   ///< bytes of a number in it: the unit that byte order swaps
    bool ordered;              ///< has a minimum and a maximum (complex numbers and colours do not)
};

[[nodiscard]] const PixelTypeInfo& info_of(PixelType type) noexcept;

/// By the name in its row or NumPy's short one (i1, u1, i2, u2, i4, u4, f2, f4, c8; NumPy's u4 is uint32).
[[nodiscard]] std::optional<PixelType> find_pixel_type(std::string_view name) noexcept;

}  // namespace mrcz
