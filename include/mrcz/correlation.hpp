// Pearson correlation between the frames of a stack (McLeod et al. 2018, equation 7), and laws fitted to it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "mrcz/sum_image.hpp"

namespace mrcz {

/// Takes the frames of a stack one after another and gives the mean correlation over pairs of them.
class FrameCorrelation {
  public:
    /// `lag` 0: over all pairs, O(frames); else over pairs (f, f + lag), keeping `lag` frames.
    explicit FrameCorrelation(const ImageShape& shape, std::int64_t lag = 0);

    void add(std::span<const float> frame);
    /// Mean over the pairs; NaN for fewer than one pair. Frames that are constant count for nothing.
    [[nodiscard]] double mean() const;

  private:
    ImageShape shape_;
    std::int64_t lag_;
    std::int64_t frames_ = 0;
    std::vector<double> sum_;  // of the standardised frames
    std::deque<std::vector<float>> kept_;
    double total_ = 0;
};

/// Of two images; NaN when one is constant.
[[nodiscard]] double correlation(std::span<const float> one, std::span<const float> other);

/// Variance over mean of the noise, from the differences of consecutive frames: 1 for counted electrons. Frames that
/// are not taken in pairs count once. Adds up over many pairs.
class FanoFactor {
  public:
    void add(std::span<const float> one, std::span<const float> next);
    /// NaN before the first pair.
    [[nodiscard]] double value() const noexcept;

  private:
    double squares_ = 0, sum_ = 0;
};

/// y = offset + scale * x^exponent.
struct PowerLaw {
    double offset = 0, scale = 0, exponent = 0;
    double rms = 0;  ///< root of the mean squared distance of the points

    [[nodiscard]] double at(double x) const noexcept;
};

/// Least squares through at least 3 points of positive x. Throws Error{invalid_argument}.
[[nodiscard]] PowerLaw fit_power_law(std::span<const double> x, std::span<const double> y);

}  // namespace mrcz
