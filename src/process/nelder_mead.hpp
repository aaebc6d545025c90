// The least value of a function of two numbers without its slopes (Nelder and Mead 1965).
#pragma once

#include <array>
#include <functional>

namespace mrcz {

using Point2 = std::array<double, 2>;

/// Searches from `start`, at first `step` away from it, in at most about 300 calls.
[[nodiscard]] Point2 nelder_mead(const std::function<double(const Point2&)>& function, const Point2& start,
                                 double step);

}  // namespace mrcz
