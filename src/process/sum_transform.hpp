// Counts made normal: Anscombe's transform to the power 2/3, which has the least skew.
#pragma once

#include <cmath>

namespace mrcz {

/// Rises with the counts over all numbers, negative ones too.
struct SumTransform {
    bool is_anscombe = false;

    [[nodiscard]] double of(double electrons) const noexcept {
        if (!is_anscombe) return electrons;
        const double shifted = electrons + shift;
        const double root = std::cbrt(shifted);
        return std::copysign(root * root, shifted);
    }

    [[nodiscard]] double inverse(double value) const noexcept {
        if (!is_anscombe) return value;
        return std::copysign(std::pow(std::abs(value), 1.5), value) - shift;
    }

    static constexpr double shift = 1.0 / 24;
};

}  // namespace mrcz
