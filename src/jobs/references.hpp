// Gain, dark and defect files of a session, read once and brought into the frames' orientation.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "mrcz/process.hpp"

namespace mrcz::jobs {

/// As they lie for the frames.
struct References {
    std::shared_ptr<const FloatImage> dark;
    std::shared_ptr<const GainReference> gain;
    std::shared_ptr<const std::vector<std::uint8_t>> defects;
    std::optional<GainOrientation> orientation;
    std::optional<double> orientation_margin;
    bool is_gain_binned = false;
    /// Pixels that the file has no number for, or says are defects.
    std::uint64_t bad_in_gain = 0, bad_in_dark = 0, bad_in_defects = 0;
};

/// A file that had a part in what was done, for the record of steps.
struct UsedFile {
    std::string name;
    std::string hash;  ///< XXH3-128 of its bytes, in hexadecimal
};

class ReferenceFiles {
  public:
    /// Reads all but the defects, whose meaning depends on the frames' shape. What is `at_hand` takes the place of the
    /// files that options name.
    explicit ReferenceFiles(const ProcessOptions& options, const ReferencesAtHand& at_hand = {});

    /// For frames of `shape`; `raw` (a sum of such frames) tells how the gain reference lies, where that is asked for.
    [[nodiscard]] References oriented(const ImageShape& shape, const SumImage* raw, const RunContext& context) const;
    /// The same where it is known how the gain reference lies.
    [[nodiscard]] References oriented(const ImageShape& shape, const GainOrientation& orientation,
                                      const RunContext& context) const;
    /// Whether gain or dark have pixels that are to be filled.
    [[nodiscard]] bool has_holes() const noexcept { return has_holes_; }
    [[nodiscard]] bool has_defects() const noexcept { return defects_ || !options_.defects.empty(); }
    /// Those as read: the oriented ones are enough from here on.
    void forget_images() noexcept {
        dark_.reset();
        gain_.reset();
    }

    [[nodiscard]] const std::optional<UsedFile>& gain_file() const noexcept { return gain_file_; }
    [[nodiscard]] const std::optional<UsedFile>& dark_file() const noexcept { return dark_file_; }
    [[nodiscard]] const std::optional<UsedFile>& defects_file() const noexcept { return defects_file_; }

  private:
    void read_dark(const ReferencesAtHand& at_hand);
    void read_gain(const ReferencesAtHand& at_hand);

    ProcessOptions options_;
    std::optional<FloatImage> dark_;
    std::optional<GainReference> gain_;
    std::shared_ptr<const std::vector<std::uint8_t>> defects_;  // at hand
    bool has_holes_ = false;
    std::optional<UsedFile> gain_file_, dark_file_, defects_file_;
};

}  // namespace mrcz::jobs
