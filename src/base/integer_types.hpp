// Which pixel types count: whole numbers, one by one.
#pragma once

#include "mrcz/pixel_type.hpp"

namespace mrcz {

[[nodiscard]] constexpr bool is_integer(PixelType type) noexcept {
    switch (type) {
        case PixelType::int8:
        case PixelType::uint8:
        case PixelType::int16:
        case PixelType::uint16:
        case PixelType::int32:
        case PixelType::uint32:
        case PixelType::uint4:
            return true;
        default:
            return false;
    }
}

}  // namespace mrcz
