// Sessions of movies corrected: gain, outliers, KOMA, from file to file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mrcz/codec.hpp"
#include "mrcz/corrected_reader.hpp"
#include "mrcz/export.h"
#include "mrcz/files.hpp"
#include "mrcz/gain_file.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/mode0.hpp"

namespace MRCZ_API mrcz {

/// A gain reference and how it is to be used.
struct GainRequest {
    /// MRC, MRCZ, TIFF (also `.gain`), DM4; of a stack the mean of its frames. One that is twice as large as the frames
    /// in both directions is binned.
    std::filesystem::path file;
    GainKind kind = GainKind::multiplicative;  ///< ProcessOptions::dark is subtracted from a flat field, too
    GainOrientation orientation;
    bool is_oriented_automatically = false;     ///< the orientation under which the first movie's sum is flattest
    std::optional<double> gamma;                ///< factors are raised to it, equation 9
    std::optional<GammaLaw> gamma_law;          ///< the exponent is that of each movie's dose rate, equation 11
    std::filesystem::path gamma_law_file = {};  ///< where gamma_law is from, so that no output replaces it
};

struct ProcessOptions {
    std::optional<GainRequest> gain;
    std::filesystem::path dark;  ///< as GainRequest::file; turned as the gain reference is. Empty: none
    /// References that are pixels and nothing else are these: files of exactly so many bytes, and of no known format.
    std::optional<BarePixels> bare;
    std::filesystem::path defects;  ///< a map, or text as parse_defects() reads it. Empty: none
    std::optional<OutlierOptions> outliers;
    std::optional<OutlierFill> fill;  ///< as in ProcessPlan
    std::optional<KomaOptions> koma;  ///< over the movies of the session
    /// Exposure of a frame in seconds, for gamma_law. Nothing: what the movie's metadata say.
    std::optional<double> frame_seconds;
    std::optional<PixelType> dtype;  ///< as in ProcessPlan
    std::uint64_t seed = 0;
    bool may_repeat = false;  ///< corrects also movies whose record says that they are corrected already
    bool is_plain = false;    ///< writes MRC instead of MRCZ; the record of steps is then a footer
    CodecOptions coding;
    /// Correlation between frames before and after; costs a pass over floats a frame.
    bool measures_correlation = false;
    std::int64_t correlation_lag = 0;  ///< also over pairs so many frames apart, keeping that many; 0: not
    Limits limits;
    Mode0 mode0 = Mode0::by_header;
};

/// Mean Pearson correlation between frames: over all pairs, and over those some frames apart. NaN where not measured.
struct CorrelationResult {
    double all_pairs = 0;
    double lagged = 0;
};

/// What was done to one movie.
struct MovieResult {
    JobResult files;
    PixelType dtype = PixelType::float32;
    std::uint64_t clipped = 0;  ///< pixels beyond the output's range
    std::optional<GainOrientation> orientation;
    std::optional<double> orientation_margin;  ///< when found: see margin_of()
    std::optional<double> dose_rate;           ///< counts a pixel and second, where the gamma law needed it
    std::optional<double> frame_seconds;       ///< that it followed from
    std::optional<double> gamma;
    std::optional<Outliers> outliers;     ///< without their pixels
    std::optional<std::int64_t> defects;  ///< pixels that the list or map names, where one was given
    std::optional<OutlierFill> fill;
    std::vector<std::string> koma_movies;  ///< whose sums made the pattern, in order
    std::optional<double> koma_scale;      ///< of the pattern, for the movie's dose; 1: not scaled
    std::optional<double> block_contrast;  ///< of the movie's own sum, where KOMA was asked for
    bool is_excluded = false;              ///< too much contrast: its sum enters no other movie's pattern
    std::optional<CorrelationResult> before, after;
    std::string step;  ///< what stands in the output's record of steps: a JSON object
};

/// What all processes that correct movies of one session have to know alike.
struct SessionPlan {
    std::vector<std::filesystem::path> movies;  ///< in the order in which they are corrected
    bool is_ordered_by_time = false;
    std::optional<ImageShape> shape;             ///< of the frames of most movies, where others are refused
    std::optional<GainOrientation> orientation;  ///< of the gain reference, where it was to be found
    std::optional<double> orientation_margin;    ///< see margin_of()
};

/// Movies of one camera in one mode, corrected one by one. Their sums come from SUMI sections, else from a pass over
/// each movie; for KOMA they wait in an unlinked file in the folder for temporary files.
///
/// Several processes and machines can share the movies of a session. One makes the plan(); any number of sessions made
/// of it gather() the movies' sums into a folder that all see; when all are there they take_sums() and process() any
/// movies in any order. Outputs are then the same, byte for byte, as those of one session that does it all.
class ProcessSession {
  public:
    /// For KOMA movies are put into the order of time: acquisition time of their metadata or extended headers where all
    /// have one, else the natural order of their names. Reads the references. Throws Error{invalid_argument, not_found}
    /// for those, and when options contradict each other. References among the movies are left out, and for KOMA
    /// further names of a file that is there already; the log tells of them.
    ProcessSession(std::vector<std::filesystem::path> movies, ProcessOptions options, const RunContext& context = {});
    /// Of a plan() that was made of the same options. Reads the references, and no movie.
    ProcessSession(SessionPlan plan, ProcessOptions options, const RunContext& context = {});
    ~ProcessSession();
    ProcessSession(ProcessSession&&) noexcept;
    ProcessSession& operator=(ProcessSession&&) noexcept;

    /// In the order in which process() is best called.
    [[nodiscard]] const std::vector<std::filesystem::path>& movies() const noexcept;
    [[nodiscard]] bool is_ordered_by_time() const noexcept;

    /// Finds the orientation of the gain reference where options ask for that: one pass over the first movie that can
    /// be read.
    [[nodiscard]] SessionPlan plan(const RunContext& context = {});

    /// Takes the sums of all movies for KOMA, where that is asked for. Its progress counts movies. Throws Error of the
    /// system's group when they cannot be kept.
    void prepare(const RunContext& context = {});

    /// prepare() of one movie: leaves its sum, and what is wrong with the movie, in a file of `folder`; one that is
    /// there already stays. Only where KOMA is asked for. Throws Error{invalid_argument}, and those of the system's
    /// group.
    void gather(std::size_t movie, const std::filesystem::path& folder, const RunContext& context = {});
    /// Instead of prepare(): takes what gather() left of every movie in `folder`, which has to stay. Throws
    /// Error{not_found} for a movie that is missing, Error{corrupt} for files of another session.
    void take_sums(const std::filesystem::path& folder, const RunContext& context = {});

    /// Corrects a movie of movies(). The first call prepare()s where that was not done; what is wrong with one of
    /// them is thrown when its own turn comes, and it enters no window: so with frames of another shape than most
    /// movies have. The output is the same whatever the number of threads and the order of calls. One call at a time.
    /// `output` may be no movie of the session, no reference and no gamma law.
    MovieResult process(std::size_t movie, const Output& output, const RunContext& context = {});

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The image in a file of any format that references come in: MRC, MRCZ, TIFF, Digital Micrograph, or bare pixels; of a
/// stack the mean of its frames. Of `options` what says how files are read: bare, limits, mode0. Throws Error naming
/// the file.
[[nodiscard]] FloatImage read_image(const std::filesystem::path& path, const ProcessOptions& options = {});

/// References in memory. Each takes the place of the file that ProcessOptions name for it; empty ones of none.
struct ReferencesAtHand {
    std::shared_ptr<const FloatImage> gain;  ///< ProcessOptions::gain says how it is used, its file may be empty
    std::shared_ptr<const FloatImage> dark;
    std::shared_ptr<const std::vector<std::uint8_t>> defects;  ///< one a pixel of the frames, not 0: replaced
    std::shared_ptr<const FloatImage> koma;                    ///< of koma_pattern()
    bool koma_divides = false;
    std::optional<Outliers> outliers;  ///< found before, in the same movie with the same options
};

/// A movie whose frames are corrected as they are read, and what is done to them.
struct CorrectedMovie {
    CorrectedReader reader;
    MovieResult result;  ///< as of process(), without what only a file has: files, clipped, correlation
};

/// Gives the pixels that a ProcessSession of the movie alone writes. options.koma is of sessions: there is none here; a
/// pattern comes at hand. What is of the output (coding, is_plain, correlation) is left out of account. Throws
/// Error{invalid_argument} as ProcessSession does.
[[nodiscard]] CorrectedMovie open_corrected(Reader movie, const ProcessOptions& options,
                                            const ReferencesAtHand& at_hand = {}, const RunContext& context = {});

/// Outliers as bytes, for processes of the same version: found once, used by all.
[[nodiscard]] std::vector<std::byte> pack_outliers(const Outliers& outliers);
/// Throws Error{truncated, corrupt}.
[[nodiscard]] Outliers unpack_outliers(std::span<const std::byte> bytes);

struct GammaCalibration {
    GammaLaw law;
    std::vector<GammaPoint> points;  ///< one a flat, by rising dose rate
};

/// The law through the exponents under which flats of at least 4 dose rates are flattest. A flat is the sum of its
/// frames; its dose rate is their mean over `frame_seconds`, or over what its metadata say. `options` give gain, dark
/// and frame_seconds. Throws Error{invalid_argument}.
[[nodiscard]] GammaCalibration calibrate_gamma(std::span<const std::filesystem::path> flats,
                                               const ProcessOptions& options, const RunContext& context = {});

/// One JSON object: a1, b1, a2, a3, least_rate, greatest_rate, and the points it was fitted to.
[[nodiscard]] std::string json_of(const GammaCalibration& calibration);
/// The same as a file, which may be none of `inputs`.
void write_gamma_law(const GammaCalibration& calibration, const Output& output,
                     std::span<const std::filesystem::path> inputs = {});
/// Of such an object; `name` is for errors. Throws Error{corrupt}.
[[nodiscard]] GammaLaw parse_gamma_law(std::string_view json, const std::string& name);

}  // namespace mrcz
