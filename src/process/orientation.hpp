// Where the pixels of a turned and flipped image come from.
#pragma once

#include <cstdint>

#include "mrcz/gain.hpp"

namespace mrcz::process {

/// Pixel (x, y) of the oriented image is pixel first + x * along_x + y * along_y of the stored one.
struct PixelWalk {
    ImageShape shape;  ///< of the oriented image
    std::int64_t first = 0;
    std::int64_t along_x = 1;
    std::int64_t along_y = 0;
};

/// Throws Error{invalid_argument} unless 0 <= quarter_turns <= 3.
[[nodiscard]] PixelWalk walk_of(const ImageShape& stored, const GainOrientation& orientation);

}  // namespace mrcz::process
