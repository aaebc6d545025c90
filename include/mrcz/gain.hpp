// Gain and dark references: orientation, equations 8 to 11 of McLeod et al. 2018, section 5, and defects.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/float_image.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace MRCZ_API mrcz {

enum class GainFlip { none, upside_down, left_right };

/// First rotated, then flipped, as RELION (--gain_rot, --gain_flip) and MotionCor (-RotGain, -FlipGain) do, with the
/// same numbers.
struct GainOrientation {
    /// Counter-clockwise as the image is shown with row 0 at the bottom, as MRC is; that is clockwise with row 0 at the
    /// top. 0 … 3.
    int quarter_turns = 0;
    GainFlip flip = GainFlip::none;

    friend bool operator==(const GainOrientation&, const GainOrientation&) = default;
};

[[nodiscard]] FloatImage oriented(const FloatImage& image, const GainOrientation& orientation);
/// For people: `as it is`, `turned by 90 degrees counter-clockwise, then flipped upside down`.
[[nodiscard]] std::string description_of(const GainOrientation& orientation);

/// For an error about a reference that does not fit: the shapes, and the turn or the binning that would make it fit,
/// if there is one. Empty when it fits.
[[nodiscard]] std::string mismatch_hint(const ImageShape& movie, const ImageShape& reference);

/// one - other, pixel by pixel, in single precision: a flat field less its dark. Throws Error{invalid_argument} when
/// the shapes differ.
[[nodiscard]] FloatImage difference(const FloatImage& one, const FloatImage& other);

/// What multiplies the counts. Pixels of factor 0 are bad.
struct GainReference {
    FloatImage factors;
    std::vector<std::uint8_t> bad;  ///< one a pixel, not 0: no counts come from here
};

/// How to read a reference.
enum class GainKind {
    multiplicative,  ///< counts are multiplied by it
    flat_field,      ///< an image of even light: its mean over each pixel multiplies (also EER gains in MRC files;
                     ///< those in .gain files are multiplicative already)
};

/// Zeros, negative numbers, infinities and NaN become factor 0 and are bad; never infinite. The mean of a flat field
/// is that of its other pixels.
[[nodiscard]] GainReference make_gain(const FloatImage& reference, GainKind kind = GainKind::multiplicative);
inline constexpr double greatest_gamma = 4;
/// Throws Error{invalid_argument} unless 0 < gamma <= greatest_gamma: detectors have about 1.
void require_gamma(double gamma);
/// factor^gamma, equation 9; gamma 1 gives the same bits. Throws Error as require_gamma() does.
[[nodiscard]] GainReference raised(const GainReference& gain, double gamma);
/// For a movie binned by two in both directions: one over the mean of one over the four; bad when one of the four is.
/// Throws Error{invalid_argument} for an odd number of columns or rows.
[[nodiscard]] GainReference binned_by_two(const GainReference& gain);

struct OrientationScore {
    GainOrientation orientation;
    double deviation = 0;  ///< standard deviation of sum * gain over its mean, without bad and far-off pixels
};

/// All orientations that fit the shape of `sum` (8, or 4), best first. How sure the best one is tell the deviations of
/// it and the next: margin_of(). Throws Error{invalid_argument} with the mismatch_hint() when none fits.
[[nodiscard]] std::vector<OrientationScore> score_orientations(const SumImage& sum, const GainReference& gain,
                                                               const RunContext& context = {});
/// By how much the second is worse than the first, as a share of the first's deviation: 0 for a toss-up.
[[nodiscard]] double margin_of(std::span<const OrientationScore> scores);

/// gamma(d) = a1 d^b1 + a2 d + a3, equation 11; d in electrons per pixel and second.
struct GammaLaw {
    double a1 = 0.12035633, b1 = -1.04171635, a2 = -0.03363192, a3 = 1.03902726;  ///< Gatan K2's, of the authors
    double least_rate = 0.25, greatest_rate = 9;                                  ///< beyond them the law is not known

    /// Rates beyond the ends are taken as the ends.
    [[nodiscard]] double at(double dose_rate) const noexcept;
};

/// The exponent under which `flat` (a sum of even light) is flattest, equation 10: the least relative deviation of the
/// 64 x 64 box means (half the image where that is less) of flat * gain^gamma, gamma in 0.2 … 2.5, to 1e-4. Bad pixels
/// do not count. Throws Error{invalid_argument} for another shape and for a flat without counts.
[[nodiscard]] double find_gamma(const SumImage& flat, const GainReference& gain, const RunContext& context = {});

struct GammaPoint {
    double dose_rate = 0;
    double gamma = 0;
};

/// The law through at least 4 points (of as many rates), by Levenberg-Marquardt. Throws Error{invalid_argument}.
[[nodiscard]] GammaLaw fit_gamma_law(std::span<const GammaPoint> points);

/// Pixels first_x … first_x + columns - 1 of rows first_y … first_y + rows - 1.
struct DefectRectangle {
    std::int64_t x = 0, y = 0, columns = 1, rows = 1;

    friend bool operator==(const DefectRectangle&, const DefectRectangle&) = default;
};

/// The defects of a movie of `shape`, in its columns and rows as stored in MRC. `name` is for errors. Throws
/// Error{corrupt} with the line, also for defects outside the image.
///
/// Two kinds of text, both with `#` before comments:
/// - rows `x y w h`, as RELION and MotionCor read them: 0-based, y in rows as stored (row 0 is the lowest in MRC);
/// - SerialEM's defects.txt, told by its keywords. It counts rows from the top, so they are flipped here, as IMOD does;
///   lists of a camera half or a quarter as wide, or two or four times as wide, are scaled: super-resolution movies,
///   binned ones. Its rotation and flip is the one the frames were saved with: nothing is turned.
[[nodiscard]] std::vector<DefectRectangle> parse_defects(std::string_view text, const std::string& name,
                                                         const ImageShape& shape);
/// One byte a pixel, 1: defect. Throws Error{invalid_argument} for rectangles outside the image.
[[nodiscard]] std::vector<std::uint8_t> defect_mask(std::span<const DefectRectangle> defects, const ImageShape& shape);
/// Of a map in which defects are not 0.
[[nodiscard]] std::vector<std::uint8_t> defect_mask(const FloatImage& map);
/// The least number of rectangles is not promised; runs of equal rows are joined.
[[nodiscard]] std::vector<DefectRectangle> defect_rectangles(std::span<const std::uint8_t> mask,
                                                             const ImageShape& shape);

/// sum of (x - dark) * gain over the frames of `raw`: (S - frames * dark) * gain, in doubles. Either may be null;
/// without both it is `raw`.
[[nodiscard]] SumImage corrected(const SumImage& raw, const FloatImage* dark, const GainReference* gain);

/// (x - dark) * gain, equation 8, in place, each step rounded to single precision as NumPy does. Either may be null.
/// Throws Error{invalid_argument} when one has another number of pixels than `frame`.
void apply_gain(std::span<float> frame, const FloatImage* dark, const GainReference* gain);

}  // namespace mrcz
