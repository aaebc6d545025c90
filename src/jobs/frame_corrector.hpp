// What a plan does to one frame, whatever file it comes from.
#pragma once

#include <atomic>
#include <span>

#include "base/buffer.hpp"
#include "mrcz/corrected_reader.hpp"

namespace mrcz::jobs {

/// Memory of one thread.
struct CorrectionMemory {
    Buffer whole;
    Buffer floats;
};

/// Safe to use from several threads.
class FrameCorrector {
  public:
    /// For frames of `from`. Throws Error{invalid_argument} when plan and frames do not fit together.
    FrameCorrector(const FrameFormat& from, ProcessPlan plan);

    /// What is drawn at random is that of this movie from here on: movies that share a seed share nothing else. The
    /// same pixels draw the same, in whatever file they lie.
    void follow(const Reader& reader);

    /// Found by find_plan_outliers(); without them the plan's outliers and defects stay as they are.
    void set_outliers(Outliers outliers) { outliers_ = std::move(outliers); }

    [[nodiscard]] const FrameFormat& from() const noexcept { return from_; }
    [[nodiscard]] const FrameFormat& to() const noexcept { return to_; }
    [[nodiscard]] const ProcessPlan& plan() const noexcept { return plan_; }
    [[nodiscard]] const Outliers& outliers() const noexcept { return outliers_; }
    [[nodiscard]] OutlierFill fill() const noexcept { return fill_; }
    /// Pixels so far whose value the output type does not reach.
    [[nodiscard]] std::uint64_t clipped() const noexcept { return clipped_; }

    /// Whether apply() may be given the same memory twice.
    [[nodiscard]] bool works_in_place() const noexcept { return stays_integer_ && to_.type != PixelType::uint4; }
    void apply(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to, CorrectionMemory& memory);

  private:
    void apply_to_integers(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to,
                           CorrectionMemory& memory) const;
    void correct_floats(std::int64_t frame, std::span<float> pixels) const;
    void store(std::int64_t frame, std::span<const float> pixels, std::span<std::byte> to, CorrectionMemory& memory);

    FrameFormat from_;
    FrameFormat to_;
    ProcessPlan plan_;
    OutlierFill fill_;
    bool stays_integer_ = false;
    std::uint64_t seed_ = 0;
    Outliers outliers_;
    std::atomic<std::uint64_t> clipped_ = 0;
};

/// Of what is left of pixels of `type` when a pattern is subtracted: one that has negative numbers. `is_small`: no
/// pixel is beyond 32767.
[[nodiscard]] PixelType subtracted_type(PixelType type, bool is_small) noexcept;

/// Whether no pixel of an unsigned stack, whose raw sum is `raw`, is beyond 32767. Reads frames only where neither
/// their sum nor the file's statistics tell.
[[nodiscard]] bool fits_int16(const Reader& reader, const SumImage& raw);

/// Whether the plan replaces pixels: outliers it looks for, defects it was told of, pixels that a reference has no
/// number for.
[[nodiscard]] bool fills_pixels(const ProcessPlan& plan) noexcept;

/// Those given, or such as find nothing but the defects.
[[nodiscard]] OutlierOptions options_or_none(const std::optional<OutlierOptions>& options);

/// What the plan fills in the stack whose raw sum is `raw`; empty where it fills nothing.
[[nodiscard]] Outliers find_plan_outliers(const Reader& reader, const ProcessPlan& plan, const SumImage& raw,
                                          const RunContext& context);

/// `frame` of any real type as floats, the nearest where they are not exact.
void to_floats(std::span<const std::byte> frame, const FrameFormat& format, std::span<float> into);

}  // namespace mrcz::jobs
