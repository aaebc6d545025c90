// Frames of one file turned into another pixel type on their way through a job.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "container/section.hpp"
#include "header/layout.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::jobs {

class Conversion {
  public:
    /// From `source` to pixels of `type`. Throws Error{invalid_argument} when there is no way, or no MRC mode for them.
    Conversion(const header::Layout& source, PixelType type, const ConversionRules& allowed);

    /// Of the converted file; little-endian.
    [[nodiscard]] const header::Layout& layout() const noexcept { return to_; }

    /// Side by side with other frames; errors name the frame.
    void convert(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to);

    /// The same for a frame that is only looked at: it counts for nothing.
    void preview(std::span<const std::byte> from, std::span<std::byte> to) const;

    /// Of all frames so far.
    [[nodiscard]] ConversionResult result() const noexcept { return {clipped_, rounded_}; }
    /// Otherwise it only makes 4-bit rows begin with bytes of their own.
    [[nodiscard]] bool changes_type() const noexcept { return from_.type != to_.type; }
    /// Whether all values stay what they are, or the job fails.
    [[nodiscard]] bool is_exact() const noexcept { return !allowed_.clip && !allowed_.round; }

    /// Adds this step to the record of steps among `sections`.
    void record(std::vector<container::Section>& sections) const;
    /// Bytes of the source that have no place in the converted file.
    void leave_behind(std::uint64_t bytes) noexcept { left_behind_ += bytes; }
    /// Tells people how many pixels have other values now, and what was left behind.
    void tell(const RunContext& context) const;

  private:
    FrameFormat from_;
    header::Layout to_;
    ConversionRules allowed_;
    std::atomic<std::uint64_t> clipped_ = 0;
    std::atomic<std::uint64_t> rounded_ = 0;
    std::uint64_t left_behind_ = 0;
};

/// To rows of 4-bit pixels that begin with a byte of their own, as new files have them; null where they do already.
[[nodiscard]] std::unique_ptr<Conversion> with_padded_rows(const header::Layout& source);

/// What a job's options ask for: null when they ask for no type, or for that of the input. Throws
/// Error{invalid_argument} when they allow changes but ask for no type, Error{limit_exceeded} for frames that grow too
/// large.
[[nodiscard]] std::unique_ptr<Conversion> requested_conversion(const header::Layout& source,
                                                               const std::optional<PixelType>& dtype,
                                                               const ConversionRules& allowed, const Limits& limits);

}  // namespace mrcz::jobs
