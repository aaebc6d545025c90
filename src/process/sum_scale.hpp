// What the values of a sum mean: where its bulk lies, and how many of its units are one electron.
#pragma once

#include <cstdint>
#include <span>

#include "mrcz/outliers.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {

/// Which pixels of a sum count at all.
class UsablePixels {
  public:
    /// `known_bad` is empty or has a byte a pixel.
    explicit UsablePixels(std::span<const std::uint8_t> known_bad) : known_bad_(known_bad) {}

    template <class Value>
    [[nodiscard]] bool has(std::size_t index, Value value) const noexcept {
        if (!known_bad_.empty() && known_bad_[index] != 0) return false;
        // No frames add up to more, and what does overflows where it is squared.
        constexpr double greatest = 1e150;
        if constexpr (std::is_same_v<Value, double>) return value >= -greatest && value <= greatest;
        return true;
    }

  private:
    std::span<const std::uint8_t> known_bad_;
};

/// Of the usable pixels, in the units of the sum.
struct SumBulk {
    std::uint64_t pixels = 0;
    double mean = 0;
    double median = 0;
    double deviation = 0;          ///< 1.4826 times the median absolute deviation: sigma where most pixels are good
    bool goes_below_zero = false;  ///< more than a hundredth of the pixels do, which counts never do
};

[[nodiscard]] SumBulk bulk_of(const SumImage& sum, const UsablePixels& usable, const RunContext& context);

/// From the options; where they say nothing, from the noise, which the context is told of. Positive.
[[nodiscard]] double values_per_electron(const SumImage& sum, const SumBulk& bulk, const OutlierOptions& options,
                                         const RunContext& context);

}  // namespace mrcz
