#include "process/sum_scale.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "process/row_bands.hpp"

namespace mrcz {
namespace {

struct Total {
    std::uint64_t pixels = 0;
    double sum = 0;
};

template <class Value>
Total total_of(std::span<const Value> values, std::size_t first, const UsablePixels& usable) {
    Total total;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!usable.has(first + i, values[i])) continue;
        ++total.pixels;
        total.sum += static_cast<double>(values[i]);
    }
    return total;
}

template <class Value>
Total total_of(const SumImage& sum, const std::vector<Value>& values, const UsablePixels& usable,
               const RunContext& context) {
    std::vector<Total> totals(static_cast<std::size_t>(row_bands(sum.shape)));
    const auto add_band = [&](const RowBand& band) {
        const auto first = static_cast<std::size_t>(band.first * sum.shape.nx);
        const auto end = static_cast<std::size_t>(band.end * sum.shape.nx);
        totals[static_cast<std::size_t>(band.index)] =
            total_of(std::span(values).subspan(first, end - first), first, usable);
    };
    if (!totals.empty()) run_row_bands(sum.shape, add_band, context);
    Total all;
    for (const Total& total : totals) {
        all.pixels += total.pixels;
        all.sum += total.sum;
    }
    return all;
}

/// Evenly spread pixels, in an order that no row or column length is in step with.
template <class Value>
std::vector<double> sample_of(const std::vector<Value>& values, const UsablePixels& usable) {
    constexpr std::size_t most = 1 << 16;
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
    std::vector<double> sample;
    const bool takes_all = values.size() <= most;
    const std::size_t draws = std::min(values.size(), most);
    sample.reserve(draws);
    for (std::size_t i = 0; i < draws; ++i) {
        const double place = static_cast<double>((i * golden) >> 11) * 0x1p-53;
        const std::size_t at = takes_all ? i : static_cast<std::size_t>(place * static_cast<double>(values.size()));
        if (usable.has(at, values[at])) sample.push_back(static_cast<double>(values[at]));
    }
    return sample;
}

double median_of(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

bool has_negatives(std::span<const double> values) {
    constexpr std::ptrdiff_t least_share = 100;
    const auto below = std::ranges::count_if(values, [](double value) { return value < 0; });
    return least_share * below > std::ssize(values);
}

/// Variance over mean says nothing where the mean is an offset: it grows without bound towards a mean of 0.
bool is_far_above_noise(const SumBulk& bulk) { return bulk.median > 4 * bulk.deviation; }

constexpr double sigma_per_median_deviation = 1.4826;

bool is_scale(double number) { return std::isfinite(number) && number > 0; }

}  // namespace

SumBulk bulk_of(const SumImage& sum, const UsablePixels& usable, const RunContext& context) {
    return std::visit(
        [&](const auto& values) {
            const Total total = total_of(sum, values, usable, context);
            SumBulk bulk{total.pixels};
            if (total.pixels == 0) return bulk;
            bulk.mean = total.sum / static_cast<double>(total.pixels);
            std::vector<double> sample = sample_of(values, usable);
            if (sample.empty()) sample.push_back(bulk.mean);
            bulk.median = median_of(sample);
            if (!std::isfinite(bulk.mean)) bulk.mean = bulk.median;
            bulk.goes_below_zero = has_negatives(sample);
            for (double& value : sample) value = std::abs(value - bulk.median);
            bulk.deviation = sigma_per_median_deviation * median_of(sample);
            return bulk;
        },
        sum.values);
}

double values_per_electron(const SumImage& sum, const SumBulk& bulk, const OutlierOptions& options,
                           const RunContext& context) {
    if (options.values_per_electron) return *options.values_per_electron;
    const auto say = [&](const std::string& message) {
        if (context.log) context.log(message);
    };
    const bool may_be_counts = is_far_above_noise(bulk) || !bulk.goes_below_zero;
    if (may_be_counts && options.fano_factor && is_scale(*options.fano_factor)) {
        constexpr double counting = 0.3;
        if (std::abs(*options.fano_factor - 1) <= counting) return 1;
        say(concat("outliers: the variance of the noise is ", *options.fano_factor,
                   " times the mean, not 1 as of counted electrons: taken as pixel values per electron"));
        return *options.fano_factor;
    }
    // Floats of no known scale may lie in less than one bin of a unit, which integers always fill.
    constexpr double least_sigma = 0.5, bins_a_sigma = 16;
    if (!std::holds_alternative<std::vector<double>>(sum.values) || !(bulk.deviation > 0)) return 1;
    const double variance = bulk.deviation * bulk.deviation;
    if (bulk.deviation >= least_sigma && variance >= 0.5 * bulk.median) return 1;
    const double scale = is_far_above_noise(bulk) ? variance / bulk.median : bulk.deviation / bins_a_sigma;
    if (!is_scale(scale)) return 1;
    say(concat("outliers: pixel values are no counts of electrons: their spread is taken as noise, ", scale,
               " pixel values per electron"));
    return scale;
}

}  // namespace mrcz
