#include "process/levenberg_marquardt.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mrcz::process {
namespace {

constexpr int most_steps = 500;
constexpr double first_damping = 1e-3, least_damping = 1e-14, most_damping = 1e12;
constexpr double enough = 1e-15;  // relative gain of a step that ends the search

/// Residuals and derivatives at one set of parameters.
class Evaluation {
  public:
    Evaluation(const ResidualFunction& function, std::size_t points, std::span<const double> parameters)
        : count_(parameters.size()), residuals_(points), derivatives_(points * parameters.size()) {
        function(parameters, residuals_, derivatives_);
        for (const double residual : residuals_) squares_ += residual * residual;
    }

    [[nodiscard]] double squares() const noexcept { return squares_; }

    /// Marquardt's step: the diagonal of the normal equations is raised by `damping` of itself.
    [[nodiscard]] std::vector<double> step(double damping) const {
        std::vector<double> matrix(count_ * count_), right(count_);
        for (std::size_t point = 0; point < residuals_.size(); ++point) {
            const double* slope = derivatives_.data() + point * count_;
            for (std::size_t i = 0; i < count_; ++i) {
                right[i] -= slope[i] * residuals_[point];
                for (std::size_t j = 0; j < count_; ++j) matrix[i * count_ + j] += slope[i] * slope[j];
            }
        }
        for (std::size_t i = 0; i < count_; ++i) matrix[i * count_ + i] *= 1 + damping;
        return solved(std::move(matrix), std::move(right));
    }

  private:
    std::size_t count_;
    std::vector<double> residuals_;
    std::vector<double> derivatives_;
    double squares_ = 0;
};

std::vector<double> sum_of(std::span<const double> one, std::span<const double> other) {
    std::vector<double> sum(one.begin(), one.end());
    std::ranges::transform(one, other, sum.begin(), std::plus<>());
    return sum;
}

}  // namespace

std::vector<double> solved(std::vector<double> matrix, std::vector<double> right) {
    const std::size_t n = right.size();
    const auto at = [&](std::size_t row, std::size_t column) -> double& { return matrix[row * n + column]; };
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row)
            if (std::abs(at(row, column)) > std::abs(at(pivot, column))) pivot = row;
        if (!(std::abs(at(pivot, column)) > 0)) return {};
        for (std::size_t k = 0; k < n; ++k) std::swap(at(column, k), at(pivot, k));
        std::swap(right[column], right[pivot]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == column) continue;
            const double factor = at(row, column) / at(column, column);
            for (std::size_t k = column; k < n; ++k) at(row, k) -= factor * at(column, k);
            right[row] -= factor * right[column];
        }
    }
    for (std::size_t row = 0; row < n; ++row) right[row] /= at(row, row);
    return right;
}

LeastSquaresFit levenberg_marquardt(const ResidualFunction& residuals, std::size_t points, std::vector<double> start) {
    std::vector<double> parameters = std::move(start);
    Evaluation here(residuals, points, parameters);
    double damping = first_damping;
    for (int round = 0; round < most_steps && damping < most_damping; ++round) {
        const std::vector<double> step = here.step(damping);
        if (step.empty()) {
            damping *= 10;
            continue;
        }
        std::vector<double> tried = sum_of(parameters, step);
        Evaluation there(residuals, points, tried);
        if (!(there.squares() < here.squares())) {  // not finite counts as worse
            damping *= 10;
            continue;
        }
        const double won = here.squares() - there.squares();
        parameters = std::move(tried);
        here = std::move(there);
        damping = std::max(damping / 10, least_damping);
        if (won <= enough * here.squares()) break;
    }
    return {std::move(parameters), here.squares()};
}

}  // namespace mrcz::process
