#include "process/sum_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "process/row_bands.hpp"

namespace mrcz {
namespace {

constexpr double sigmas_aside = 8;
constexpr double most_bins = 4096;

SumHistogram empty_histogram(double centre, double sigma) {
    const double aside = sigmas_aside * sigma;
    SumHistogram histogram;
    while (2 * aside / histogram.width > most_bins || std::abs(centre) / histogram.width > 0x1p52) histogram.width *= 2;
    const double first = std::floor((centre - aside) / histogram.width);
    const double last = std::ceil((centre + aside) / histogram.width);
    histogram.first = static_cast<std::int64_t>(first);
    histogram.counts.resize(static_cast<std::size_t>(last - first) + 1);
    return histogram;
}

/// Place 0 of the counts is for what lies below the histogram, the last for what lies above.
class Places {
  public:
    Places(const SumHistogram& histogram, double values_per_electron)
        : first_(histogram.first),
          last_(static_cast<double>(histogram.counts.size()) + 1),
          values_per_bin_(values_per_electron * histogram.width),
          is_whole_(values_per_bin_ == 1) {}

    [[nodiscard]] std::size_t of(std::uint32_t value) const noexcept {
        if (!is_whole_) return of(static_cast<double>(value));
        const std::int64_t place = std::int64_t{value} - first_ + 1;
        return static_cast<std::size_t>(std::clamp<std::int64_t>(place, 0, static_cast<std::int64_t>(last_)));
    }
    [[nodiscard]] std::size_t of(std::int64_t value) const noexcept { return of(static_cast<double>(value)); }
    [[nodiscard]] std::size_t of(double value) const noexcept {
        const double place = std::ceil(value / values_per_bin_ - 0.5) - static_cast<double>(first_) + 1;
        return static_cast<std::size_t>(std::clamp(place, 0.0, last_));
    }

  private:
    std::int64_t first_;
    double last_;
    double values_per_bin_;
    bool is_whole_;
};

template <class Value>
std::vector<std::uint32_t> counts_of(std::span<const Value> values, std::size_t first, const UsablePixels& usable,
                                     const Places& places, std::size_t bins) {
    // Neighbours often count in one bin: two tables, so that one increment need not wait for the other.
    std::vector<std::uint32_t> counts(2 * bins);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (usable.has(first + i, values[i])) ++counts[i % 2 * bins + places.of(values[i])];
    for (std::size_t bin = 0; bin < bins; ++bin) counts[bin] += counts[bins + bin];
    counts.resize(bins);
    return counts;
}

}  // namespace

SumHistogram histogram_of(const SumImage& sum, const UsablePixels& usable, double values_per_electron, double centre,
                          double sigma, const RunContext& context) {
    SumHistogram histogram = empty_histogram(centre, sigma);
    const Places places(histogram, values_per_electron);
    const std::size_t bins = histogram.counts.size() + 2;
    std::vector<std::vector<std::uint32_t>> bands(static_cast<std::size_t>(row_bands(sum.shape)));
    const auto count_band = [&](const RowBand& band) {
        const auto first = static_cast<std::size_t>(band.first * sum.shape.nx);
        const auto end = static_cast<std::size_t>(band.end * sum.shape.nx);
        bands[static_cast<std::size_t>(band.index)] = std::visit(
            [&](const auto& values) {
                return counts_of(std::span(values).subspan(first, end - first), first, usable, places, bins);
            },
            sum.values);
    };
    if (!bands.empty()) run_row_bands(sum.shape, count_band, context);
    for (const auto& counts : bands) {
        histogram.below += counts.front();
        histogram.above += counts.back();
        for (std::size_t bin = 1; bin + 1 < bins; ++bin) histogram.counts[bin - 1] += counts[bin];
    }
    return histogram;
}

}  // namespace mrcz
