#include "process/outlier_patches.hpp"

#include <cmath>

namespace mrcz {
namespace {

/// Calls body(index) for the pixel and those of the eight around it that are in the image.
template <class Body>
void for_block(const ImageShape& shape, std::uint64_t index, const Body& body) {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape.nx, y = at / shape.nx;
    for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
            const bool is_inside = x + dx >= 0 && x + dx < shape.nx && y + dy >= 0 && y + dy < shape.ny;
            if (is_inside) body(static_cast<std::uint64_t>(at + dy * shape.nx + dx));
        }
    }
}

/// How many of the pixel and the eight around it deviate to the side of `sign` by at least `least`.
int count_in_block(const ImageShape& shape, std::uint64_t index, double sign, double least,
                   const DeviationOf& deviation_of) {
    int count = 0;
    for_block(shape, index, [&](std::uint64_t other) { count += sign * deviation_of(other) >= least; });
    return count;
}

}  // namespace

bool is_in_patch(const ImageShape& shape, std::uint64_t index, double least, const DeviationOf& deviation_of) {
    constexpr int whole = 9, itself_and_three = 4;
    const double own = deviation_of(index);
    const double sign = own < 0 ? -1 : 1;
    if (count_in_block(shape, index, sign, 0.5 * std::abs(own), deviation_of) < itself_and_three) return false;
    bool is_in = false;
    for_block(shape, index, [&](std::uint64_t centre) {
        is_in = is_in || count_in_block(shape, centre, sign, least, deviation_of) == whole;
    });
    return is_in;
}

}  // namespace mrcz
