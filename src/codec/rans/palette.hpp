// Frames of few values that lie far apart: the values are listed, their numbers are a frame of bytes.
#pragma once

#include "codec/rans/plan.hpp"

namespace mrcz::codec::rans {

/// The frame's values in rising order (as unsigned numbers), where a look at some pixels says that listing them may pay
/// and there are at most 255; otherwise none.
[[nodiscard]] std::vector<std::uint32_t> find_palette(const FrameSetup& setup, std::span<const std::byte> look,
                                                      std::span<const std::byte> frame);

/// The frame of bytes that stands for a frame whose values are all in the palette.
[[nodiscard]] FrameSetup setup_of_numbers(const FrameSetup& setup);
void number_pixels(const PixelKind& kind, std::span<const std::uint32_t> palette, std::span<const std::byte> pixels,
                   std::span<std::byte> numbers);
/// Throws Error{corrupt} when a number is beyond the palette.
void put_values(const PixelKind& kind, std::span<const std::uint32_t> palette, std::span<const std::byte> numbers,
                std::span<std::byte> pixels);

/// Of the row in the table of modes.
void write_palette(const Plan& plan, const FrameSetup& setup, Bytes& bytes);
void read_palette(Plan& plan, const FrameSetup& setup, Cursor& cursor);

}  // namespace mrcz::codec::rans
