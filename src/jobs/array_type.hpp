// The numbers of pixel types, as arrays of other containers have them.
#pragma once

#include <cstdint>
#include <string_view>

#include "mrcz/convert_file.hpp"

namespace mrcz::jobs {

struct NumberType {
    PixelType pixel;
    std::string_view dtype;  ///< NumPy's name
    std::string_view v2;     ///< as Zarr v2 writes it, without byte order
    std::int64_t parts;      ///< numbers in a pixel; more than 1: an axis of their own
    std::string_view axis;   ///< its name
};

/// Null for pixels that are no numbers of whole bytes.
[[nodiscard]] const NumberType* number_type(PixelType type) noexcept;

[[noreturn]] void refuse_as_array(PixelType type);

}  // namespace mrcz::jobs
