// How the pixels of one frame lie in its bytes.
#pragma once

#include <cstdint>

#include "mrcz/export.h"
#include "mrcz/pixel_type.hpp"

namespace MRCZ_API mrcz {

/// How rows of 4-bit pixels follow each other when they are odd. All other frames can lie in one way only.
enum class RowPacking : std::uint8_t {
    padded,      ///< every row begins with a byte of its own (IMOD); what mrcz writes
    contiguous,  ///< a row begins where the one before it ends, in the middle of a byte (RELION, EMAN2)
};

/// A frame of ny rows of nx pixels, [y][x], without gaps but for the halves of bytes that RowPacking leaves empty.
struct FrameFormat {
    PixelType type = PixelType::int8;
    std::int64_t nx = 0;
    std::int64_t ny = 0;
    RowPacking packing = RowPacking::padded;

    friend bool operator==(const FrameFormat&, const FrameFormat&) = default;
};

/// nx * ny.
[[nodiscard]] std::uint64_t pixel_count(const FrameFormat& format) noexcept;

/// Bytes of a frame, 2^64 - 1 where they are more than that.
[[nodiscard]] std::uint64_t bytes_of(const FrameFormat& format) noexcept;

/// Every so many bytes the high half of one is no pixel: bytes of a row, or of the frame where rows are contiguous; 0
/// where there are no such halves.
[[nodiscard]] std::uint64_t bytes_to_empty_half(const FrameFormat& format) noexcept;

}  // namespace mrcz
