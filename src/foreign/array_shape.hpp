// Shapes and number types of arrays, as frames of an MRC file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "foreign/frame_array.hpp"

namespace mrcz::foreign {

/// Of the axes before a frame's own, and how the frame's lie.
struct FrameAxes {
    std::size_t leading = 0;  ///< 0 of a single image, 1 of a stack, 2 of a scan
    std::int64_t frames = 0;
    std::optional<ScanPoints> scan;
    FrameFormat format;
};

/// [y][x], [z][y][x] or [scan_y][scan_x][y][x], of colours and complex integers with an axis more for their parts.
/// Throws Error{unsupported, limit_exceeded}.
[[nodiscard]] FrameAxes frame_axes(std::span<const std::uint64_t> shape, PixelType number,
                                   const meta::JsonValue& attributes, const Limits& limits);

/// `1x512x512`.
[[nodiscard]] std::string sizes_text(std::span<const std::uint64_t> sizes);

/// Whether `chunk` is one frame of an array of `shape`.
[[nodiscard]] bool is_one_frame(std::span<const std::uint64_t> chunk, std::span<const std::uint64_t> shape,
                                std::size_t leading);

/// Bytes of a c-blosc 1 chunk of a frame: what may be moved as it is.
[[nodiscard]] bool is_movable_chunk(std::span<const std::byte> stored, std::uint64_t frame_bytes) noexcept;

[[noreturn]] void refuse_number(std::string_view name);

}  // namespace mrcz::foreign
