// KOMA: the knock-out moving average over a session of movies. McLeod et al. 2018, section 5.2.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {

struct KomaOptions {
    std::int64_t radius = 25;    ///< a: a movie is corrected by 2a others
    bool is_trailing = false;    ///< by the 2a movies before it instead, for live use
    bool is_dose_scaled = true;  ///< the pattern is scaled by the movies' means where they differ by more than 2 %
    bool is_divided = false;     ///< the pattern divides instead of being subtracted
};

/// The movies whose sums correct movie `movie` of `movies`, rising: always 2a, more on one side at the ends; all others
/// where there are fewer. With `excluded` (one a movie, not 0: its sum enters no window; or empty) the nearest in the
/// order of those that are left.
[[nodiscard]] std::vector<std::int64_t> koma_window(std::int64_t movie, std::int64_t movies, const KomaOptions& options,
                                                    std::span<const std::uint8_t> excluded = {});

/// The running sum over a window. Exact for integer sums however often it is moved; of floats it is to be made anew now
/// and then.
class RunningSum {
  public:
    explicit RunningSum(const ImageShape& shape);
    void add(const SumImage& sum);
    void subtract(const SumImage& sum);
    [[nodiscard]] std::int64_t frames() const noexcept { return sum_.frames; }
    [[nodiscard]] const SumImage& sum() const noexcept { return sum_; }

  private:
    SumImage sum_;
};

/// What is subtracted from every frame (or what it is multiplied with, where options say divided): the mean frame of
/// `others` without its spatial mean. `own_frame_mean` is the mean of a frame of the movie that is corrected.
[[nodiscard]] FloatImage koma_pattern(const SumImage& others, double own_frame_mean, const KomaOptions& options);

/// The standard deviation of the means of the 64 x 64 blocks of `sum`, per frame, relative to its mean: contrast of the
/// specimen, not noise nor hot pixels. Blocks cut by the edge count by their pixels; images smaller than two blocks: 0.
[[nodiscard]] double block_contrast(const SumImage& sum);

/// Movies whose contrast is above median + `deviations` median absolute deviations: carbon, crystalline ice.
[[nodiscard]] std::vector<std::uint8_t> high_contrast(std::span<const double> contrasts, double deviations = 5);

}  // namespace mrcz
