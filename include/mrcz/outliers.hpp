// Stochastic outlier pixels, hot and dead: found from the sum of a stack, filled from their neighbours.
// Source: McLeod et al. 2018, section 4, equations 1-6 and Table 1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace MRCZ_API mrcz {

enum class OutlierRule {
    guarded,     ///< the published rule with guards against calling good pixels outliers
    paper,       ///< the published rule as it stands
    known_only,  ///< none is looked for: pixels known to be bad, and those that are no number, are all there are
};

/// What takes the place of an outlier.
enum class OutlierFill {
    random,  ///< a good pixel of the 5 x 5 around it in the same frame, drawn by a seeded hash: keeps integers and
             ///< noise
    frame,   ///< the neighbours of the same frame, weighted by the kernel
    mean,    ///< the neighbours' mean over time, weighted by the kernel: the same in every frame (the paper's)
};

enum class OutlierTransform {
    automatic,  ///< anscombe for the guarded rule, none for the paper's
    none,
    anscombe,  ///< works on (S + 1/24)^(2/3), which takes the skew out of Poisson counts
};

struct OutlierOptions {
    OutlierRule rule = OutlierRule::guarded;
    OutlierTransform transform = OutlierTransform::automatic;
    /// Pixel values per electron; nothing: 1, or what `fano_factor` says when it is off by more than 0.3 and the sum
    /// has no negative values or a mean far above its noise. Where it has not, its spread alone counts.
    std::optional<double> values_per_electron;
    std::optional<double> fano_factor;  ///< variance over mean, from differences of frames; see fano_factor()
    double least_threshold = 4.0;       ///< in sigma, of both sides; 0 for the paper's rule
    double steepness = 6.0;             ///< k of equation 6
    double threshold_share = 0.95;      ///< rho of equation 6
    /// Weights of the neighbours by distance 0, 1, 2 along x, times those along y; the pixel itself has none. Two or
    /// three numbers; empty: Gatan K2's.
    std::vector<double> kernel_taps;
    /// The guarded rule leaves patches as they are: outliers in a block of 3 x 3 that deviates to one side by at least
    /// half the threshold, and not more than twice as far as three of their neighbours, are something seen, such as
    /// gold beads or a direct beam. Not so what only a detector does: blocks of 3 x 3 of one and the same sum (dead,
    /// saturated), and straight bands of up to 16 columns or rows at least 8 times as long. Those, and pixels known to
    /// be bad, are replaced all the same.
    bool is_sparing_patches = true;
    /// Adds noise of half a frame's standard deviation to what `mean` and `frame` fill in, so that frames whose
    /// outliers come from the same neighbours do not correlate.
    bool is_decorrelated = false;
};

/// One pixel whose weight is below 1.
struct OutlierPixel {
    std::uint64_t index = 0;            ///< y * nx + x
    float weight = 0;                   ///< of what was measured; the rest is the fill. Below 0.5: an outlier
    float fill = 0;                     ///< of the mean over time, per frame, in pixel values
    std::uint32_t good_neighbours = 0;  ///< bit 5 * (dy + 2) + dx + 2: that pixel is in the image and no outlier
    bool is_clustered = false;          ///< an outlier that has another in the 5 x 5 around it

    [[nodiscard]] bool is_outlier() const noexcept { return weight < 0.5F; }
    friend bool operator==(const OutlierPixel&, const OutlierPixel&) = default;
};

/// Counts of the sum: bin i holds sums ((first + i - 0.5) * width, (first + i + 0.5) * width] in electrons, the rest
/// lie below or above.
struct SumHistogram {
    double width = 1;  ///< more than 1 only where the sums are so large that there would be thousands of bins
    std::int64_t first = 0;
    std::vector<std::uint64_t> counts;
    std::uint64_t below = 0;
    std::uint64_t above = 0;

    friend bool operator==(const SumHistogram&, const SumHistogram&) = default;
};

/// What was found in one sum. Everything is in electrons of the sum unless it says otherwise.
struct Outliers {
    ImageShape shape;
    std::int64_t frames = 0;
    double values_per_electron = 1;
    bool is_transformed = false;                   ///< mean, sigma and thresholds are of (S + 1/24)^(2/3)
    double mean = 0, sigma = 0;                    ///< of the normal distribution fitted to the sums
    double dark_threshold = 0, hot_threshold = 0;  ///< in sigma
    std::uint64_t dead = 0, hot = 0;               ///< pixels beyond the thresholds
    std::uint64_t singletons = 0, clustered = 0;   ///< of the pixels with a weight below 0.5
    std::uint64_t spared = 0;                      ///< outliers of patches, left as they are and counted nowhere else
    /// By rising index: outliers, and pixels whose weight is not 1 (within 2^-24 by the paper's rule, 2^-10 by the
    /// guarded one, where the rest would be a third of the image and change it by nothing).
    std::vector<OutlierPixel> pixels;
    SumHistogram histogram;
    /// Mean of a frame over the pixels that are good, in pixel values.
    double frame_mean = 0;
    std::vector<double> kernel_taps;  ///< three, by distance
    double added_noise = 0;           ///< standard deviation, in pixel values, of what decorrelates; 0: not asked for

    friend bool operator==(const Outliers&, const Outliers&) = default;
};

/// Finds the outliers of `sum`, raw or corrected by dark and gain. Pixels of `known_bad` (one byte a pixel, not 0: bad;
/// or empty) get the weight 0 whatever their sum, and count in neither threshold. Defined for every image, a constant
/// one, one of a single pixel, or one that holds NaN (those are bad) included.
[[nodiscard]] Outliers find_outliers(const SumImage& sum, const OutlierOptions& options = {},
                                     std::span<const std::uint8_t> known_bad = {}, const RunContext& context = {});

/// `sum` with its outliers filled by the mean fill, rounded to whole values where `sum` holds integers.
[[nodiscard]] SumImage filled(const SumImage& sum, const Outliers& outliers);

/// Fills the outliers of one frame in place. `random` replaces pixels with a weight below 0.5 and leaves the others;
/// `frame` and `mean` blend by the weight. `frame_index` and `seed` decide what is drawn.
void fill_outliers(std::span<float> frame, const Outliers& outliers, OutlierFill fill, std::int64_t frame_index,
                   std::uint64_t seed);
/// The same for integers (int8 … uint32), where `frame` and `mean` replace pixels with a weight below 0.5 by a
/// whole value, the next above or below, drawn so that its mean over frames is the fill.
template <typename Integer>
void fill_outliers(std::span<Integer> frame, const Outliers& outliers, OutlierFill fill, std::int64_t frame_index,
                   std::uint64_t seed);

}  // namespace mrcz
