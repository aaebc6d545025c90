// Least squares of a few parameters that enter in any smooth way.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace mrcz::process {

/// Fills the residual of every point and its derivatives by every parameter, [point][parameter].
using ResidualFunction =
    std::function<void(std::span<const double> parameters, std::span<double> residuals, std::span<double> derivatives)>;

struct LeastSquaresFit {
    std::vector<double> parameters;
    double squares = 0;  ///< sum of the squared residuals
};

/// The sum of the squared residuals of `points` points, brought down from `start` until it falls no further. Never
/// worse than the start; parameters at which a residual is not finite are not stepped to.
[[nodiscard]] LeastSquaresFit levenberg_marquardt(const ResidualFunction& residuals, std::size_t points,
                                                  std::vector<double> start);

/// Solves matrix * x = right, [row][column], by Gauss with pivots; empty when the matrix is singular.
[[nodiscard]] std::vector<double> solved(std::vector<double> matrix, std::vector<double> right);

}  // namespace mrcz::process
