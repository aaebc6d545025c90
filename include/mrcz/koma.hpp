// KOMA: the knock-out moving average over a session of movies. McLeod et al. 2018, section 5.2.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace MRCZ_API mrcz {

struct KomaOptions {
    std::int64_t radius = 25;    ///< a: a movie is corrected by 2a others
    bool is_trailing = false;    ///< by the 2a movies before it instead, for live use
    bool is_dose_scaled = true;  ///< the pattern is scaled by the movies' means where they differ by more than 2 %
    bool is_divided = false;     ///< the pattern divides instead of being subtracted
};

/// The movies whose sums correct movie `movie` of `movies`, rising: always 2a, more on one side at the ends; all others
/// where there are fewer. Trailing: the 2a before it, fewer at the beginning, none for the first. With `excluded` (one
/// a movie, not 0: its sum enters no window; or empty) the nearest in the order of those that are left. Throws
/// Error{invalid_argument} for a radius below 1 and a movie there is not.
[[nodiscard]] std::vector<std::int64_t> koma_window(std::int64_t movie, std::int64_t movies, const KomaOptions& options,
                                                    std::span<const std::uint8_t> excluded = {});

/// Adds up sums of movies. Exact for integer sums however often they come and go (they are held as 64-bit values);
/// of floats it is to be made anew now and then. Throws Error{invalid_argument} for another shape.
class RunningSum {
  public:
    explicit RunningSum(const ImageShape& shape);
    void add(const SumImage& sum, const RunContext& context = {});
    void subtract(const SumImage& sum, const RunContext& context = {});
    [[nodiscard]] std::int64_t frames() const noexcept { return sum_.frames; }
    [[nodiscard]] const SumImage& sum() const noexcept { return sum_; }

  private:
    SumImage sum_;
};

/// The sum over a window that moves through a session: in the interior two sums are added and two subtracted a movie,
/// whatever the radius. Sums of floats are added up anew every 64 moves.
class WindowSum {
  public:
    /// Gives the sum of a movie; the reference holds until the next call.
    using SumOf = std::function<const SumImage&(std::int64_t movie)>;

    explicit WindowSum(const ImageShape& shape) : running_(shape) {}

    /// The sum over `members` (rising, as koma_window gives them). Asks for those that come and those that go.
    [[nodiscard]] const SumImage& move_to(std::vector<std::int64_t> members, const SumOf& sum_of,
                                          const RunContext& context = {});
    [[nodiscard]] const SumImage& sum() const noexcept { return running_.sum(); }

  private:
    void start_anew();

    RunningSum running_;
    std::vector<std::int64_t> members_;
    int moves_ = 0;
};

/// What is subtracted from every frame: the mean frame of `others` without its spatial mean. Where options say divided,
/// what every frame is multiplied with: that spatial mean over the mean frame. `own_frame_mean` is the mean of a frame
/// of the movie that is corrected. Pixels without a finite value (divided: a positive one) are left as they are, as are
/// all when `others` has no frames.
[[nodiscard]] FloatImage koma_pattern(const SumImage& others, double own_frame_mean, const KomaOptions& options);

/// By what koma_pattern() multiplies the pattern for a movie of another dose: 1 where doses are within 2 %, where it
/// divides, and where options ask for no scale.
[[nodiscard]] double koma_scale(const SumImage& others, double own_frame_mean, const KomaOptions& options);

/// Subtracts the pattern from a frame, or, where options said divided, multiplies it by it. Of the same shape.
void apply_koma(std::span<float> frame, const FloatImage& pattern, bool is_divided);

/// The standard deviation of the means of the 64 x 64 blocks of `sum`, per frame, relative to its mean: contrast of the
/// specimen, not noise nor hot pixels. Blocks cut by the edge count by their pixels; images smaller than two blocks: 0.
[[nodiscard]] double block_contrast(const SumImage& sum);

/// Movies whose contrast is above median + `deviations` median absolute deviations, or no number: carbon, crystalline
/// ice. None of fewer than 3.
[[nodiscard]] std::vector<std::uint8_t> high_contrast(std::span<const double> contrasts, double deviations = 5);

}  // namespace mrcz
