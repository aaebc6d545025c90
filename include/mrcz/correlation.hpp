// Pearson correlation between the frames of a stack (McLeod et al. 2018, equation 7), and laws fitted to it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/sum_image.hpp"

namespace MRCZ_API mrcz {

/// Takes the frames of a stack one after another and gives the mean correlation over pairs of them.
class FrameCorrelation {
  public:
    /// `lag` 0: over all pairs, O(frames); else over pairs (f, f + lag), keeping `lag` frames.
    explicit FrameCorrelation(const ImageShape& shape, std::int64_t lag = 0);

    void add(std::span<const float> frame);
    /// Mean over the pairs; NaN for fewer than one pair. Frames that are constant or not finite count for nothing.
    [[nodiscard]] double mean() const;

  private:
    ImageShape shape_;
    std::int64_t lag_;
    std::int64_t frames_ = 0;              // that count
    std::vector<double> sum_;              // of the standardised frames
    std::deque<std::vector<float>> kept_;  // standardised; empty where a frame counts for nothing
    double total_ = 0;
    std::int64_t pairs_ = 0;
};

/// Of two images; NaN when one is constant.
[[nodiscard]] double correlation(std::span<const float> one, std::span<const float> other);

/// Variance over mean of the noise, from the differences of consecutive frames: 1 for counted electrons, because what
/// both frames share drops out. Adds up over many pairs.
class FanoFactor {
  public:
    void add(std::span<const float> one, std::span<const float> next);
    /// NaN before the first pair and where the mean is not positive.
    [[nodiscard]] double value() const noexcept;

  private:
    double squares_ = 0, sum_ = 0;  // of the differences about their mean; of both frames
};

/// y = offset + scale * x^exponent.
struct PowerLaw {
    double offset = 0, scale = 0, exponent = 0;
    double rms = 0;  ///< root of the mean squared distance of the points

    [[nodiscard]] double at(double x) const noexcept;
};

/// Least squares through points of positive x, at least 3 of them different; exponents from -4 to 4. Throws
/// Error{invalid_argument}. For the correlation of movies against the dose between them and of frames against the KOMA
/// radius (the paper's Figs. 11 and 12).
[[nodiscard]] PowerLaw fit_power_law(std::span<const double> x, std::span<const double> y);

}  // namespace mrcz
