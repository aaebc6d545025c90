// Images of floats: references, patterns, what corrections are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// Columns and rows of an image; its pixels are [y][x], x fastest, row 0 first as stored.
struct ImageShape {
    std::int64_t nx = 0;
    std::int64_t ny = 0;

    [[nodiscard]] std::size_t pixels() const noexcept { return static_cast<std::size_t>(nx * ny); }
    friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

struct FloatImage {
    ImageShape shape;
    std::vector<float> values;  ///< shape.pixels() of them
};

}  // namespace mrcz
