// The numbers that images of other formats are made of, turned into floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_order.hpp"
#include "mrcz/float_image.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

enum class Number { int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64 };

[[nodiscard]] std::size_t bytes_of(Number type) noexcept;

/// Fills `to` with as many floats from to.size() * bytes_of(type) bytes.
void to_floats(std::span<const std::byte> from, Number type, ByteOrder order, std::span<float> to);

/// An image of zeros. Throws Error{corrupt} for one without pixels, Error{limit_exceeded} for one of more bytes, as
/// floats or `stored_bytes` a pixel, than a frame may have.
[[nodiscard]] FloatImage make_image(std::uint64_t nx, std::uint64_t ny, std::uint64_t stored_bytes,
                                    const Limits& limits);

}  // namespace mrcz::foreign
