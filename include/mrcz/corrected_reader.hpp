// Frames corrected as they are read: gain, outliers, KOMA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "mrcz/export.h"
#include "mrcz/gain.hpp"
#include "mrcz/koma.hpp"
#include "mrcz/outliers.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace MRCZ_API mrcz {

/// What is done to the frames of one stack, in this order; what is left empty is not done.
struct ProcessPlan {
    std::shared_ptr<const FloatImage> dark;                    ///< subtracted first
    std::shared_ptr<const GainReference> gain;                 ///< multiplies; already raised to gamma and oriented
    std::shared_ptr<const std::vector<std::uint8_t>> defects;  ///< one a pixel: filled as outliers are
    std::optional<OutlierOptions> outliers;
    /// Nothing: mean for the paper's rule; else random for integer output, mean for floats.
    std::optional<OutlierFill> fill;
    std::shared_ptr<const FloatImage> koma;  ///< of koma_pattern()
    bool koma_divides = false;
    /// Of the frames given out. Nothing: the stack's own type for integers without dark and gain, else float32. Where a
    /// pattern is subtracted, some of what is left is negative: 4-bit pixels become int8, uint8 int16, wider unsigned
    /// ones float32 (in a session, uint16 becomes int16 where no pixel is beyond 32767).
    /// Integers made of fractions are rounded at random, up with the probability of the fraction.
    std::optional<PixelType> dtype;
    /// Of everything random, together with the stack's first, middle and last frame: the same seed, the same pixels,
    /// whatever the threads; other movies draw other numbers.
    std::uint64_t seed = 0;
};

/// Of the frames that the plan makes of pixels of type `from`. Throws Error{invalid_argument} where they cannot be.
[[nodiscard]] PixelType corrected_type(PixelType from, const ProcessPlan& plan);

/// The sum over all frames of `reader`, from the file's SUMI section where it has one, else from one pass over it.
[[nodiscard]] SumImage sum_frames(const Reader& reader, const RunContext& context = {});

/// Gives corrected frames of a stack without holding it. Members but the constructor may be called from several
/// threads.
class CorrectedReader {
  public:
    /// Finds the outliers from the sum of the frames (one pass over the stack, or its SUMI section). Throws
    /// Error{invalid_argument} when a reference has another shape, with the rotation or binning that would fit.
    CorrectedReader(Reader reader, ProcessPlan plan, const RunContext& context = {});
    /// With the outliers that were found before, in the same stack by the same plan.
    CorrectedReader(Reader reader, ProcessPlan plan, Outliers found);
    ~CorrectedReader();
    CorrectedReader(CorrectedReader&&) noexcept;
    CorrectedReader& operator=(CorrectedReader&&) noexcept;

    [[nodiscard]] const Reader& reader() const noexcept;
    [[nodiscard]] FrameFormat frame_format() const noexcept;
    [[nodiscard]] std::uint64_t frame_bytes() const noexcept;
    /// Empty shape when the plan looks for none.
    [[nodiscard]] const Outliers& outliers() const noexcept;
    /// What takes their place.
    [[nodiscard]] OutlierFill fill() const noexcept;

    /// Fills `out`, frame_bytes() bytes, with frame `index`, 0-based, corrected.
    void read_frame(std::int64_t index, std::span<std::byte> out) const;
    /// Frames first … first + count - 1, [frame][y][x], on the context's threads; it is told of each frame.
    void read_frames(std::int64_t first, std::int64_t count, std::span<std::byte> out,
                     const RunContext& context = {}) const;
    /// The frames of these numbers, in the order given; a number may come twice.
    void read_frames(std::span<const std::int64_t> indices, std::span<std::byte> out,
                     const RunContext& context = {}) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mrcz
