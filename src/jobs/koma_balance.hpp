// Whether KOMA takes more out of a movie than the noise that it brings in.
#pragma once

#include "mrcz/stack_sum.hpp"

namespace mrcz::jobs {

/// Variances over the pixels of a frame.
struct KomaBalance {
    double added = 0;    ///< noise of the mean frame of the others
    double removed = 0;  ///< what that mean frame has beyond its noise
};

/// Noise is what the mean frame of a movie and that of the others differ by, but for strays.
[[nodiscard]] KomaBalance koma_balance(const SumImage& own, const SumImage& others);

}  // namespace mrcz::jobs
