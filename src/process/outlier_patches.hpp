// Patches of outliers: what is seen (gold, the edge of a grid bar, a direct beam), not pixels that have gone wrong.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>

#include "mrcz/sum_image.hpp"

namespace mrcz {

/// How far pixels deviate, in sigma, dark ones below 0; 0 where they are unusable.
using DeviationOf = std::function<double(std::uint64_t index)>;

/// Whether an outlier is part of a patch: in a block of 3 x 3 that deviates to its side by at least `least`, and three
/// of the eight around it deviate at least half as much as it does itself: a hot pixel in a bright corner is no part of
/// it.
[[nodiscard]] bool is_in_patch(const ImageShape& shape, std::uint64_t index, double least,
                               const DeviationOf& deviation_of);

/// Whether a pixel is in a block of 3 x 3 that holds its value throughout: what counts electrons never does that.
template <class Value>
[[nodiscard]] bool is_in_constant_block(const ImageShape& shape, std::uint64_t index, const Value* values) {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape.nx, y = at / shape.nx;
    const auto is_constant = [&](std::int64_t u, std::int64_t v) {
        for (std::int64_t row = v - 1; row <= v + 1; ++row)
            for (std::int64_t column = u - 1; column <= u + 1; ++column)
                if (values[row * shape.nx + column] != values[index]) return false;
        return true;
    };
    for (std::int64_t v = std::max<std::int64_t>(y - 1, 1); v <= std::min(y + 1, shape.ny - 2); ++v)
        for (std::int64_t u = std::max<std::int64_t>(x - 1, 1); u <= std::min(x + 1, shape.nx - 2); ++u)
            if (is_constant(u, v)) return true;
    return false;
}

}  // namespace mrcz
