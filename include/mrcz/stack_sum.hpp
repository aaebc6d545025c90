// The sum of all frames of a stack, as plain data.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/float_image.hpp"

namespace MRCZ_API mrcz {

/// Sum over frames, pixel by pixel. Sums of integer frames are exact whatever the type of the values: 32-bit unsigned
/// where they fit, else 64-bit. Sums of floats are doubles, added in frame order.
struct SumImage {
    ImageShape shape;
    std::int64_t frames = 0;
    std::variant<std::vector<std::uint32_t>, std::vector<std::int64_t>, std::vector<double>> values;

    friend bool operator==(const SumImage&, const SumImage&) = default;
};

}  // namespace mrcz
