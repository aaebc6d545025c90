// Histograms of pixels from sample frames. Nothing here is part of the format.
#include <algorithm>
#include <cmath>

#include "codec/rans/histogram_learning.hpp"
#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr unsigned unit = 8;  // of frequencies in the file
constexpr std::uint32_t units = simd::rans_probability_total / unit - 1;

class PixelLearning {
  public:
    PixelLearning(std::span<const std::uint32_t> values, bool is_all, unsigned shift)
        : count_(values.size()), is_all_(is_all), shift_(shift) {
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        origin_ = *low;
        const std::uint32_t last = std::min<std::uint32_t>((*high - origin_) >> shift_, most_bins - 1);
        bins_.assign(last + std::size_t{1}, 0);
        for (const std::uint32_t value : values)
            if (const std::uint32_t bin = (value - origin_) >> shift_; bin <= last) ++bins_[bin];
        make_frequencies();
    }

    static constexpr std::uint32_t most_bins = 254;

    /// Bits that the histogram takes in the model, about.
    [[nodiscard]] double side_bits() const {
        double bits = 24;
        for (const std::uint16_t frequency : frequencies_) bits += 1 + 2 * std::floor(std::log2(frequency / unit + 1));
        return bits;
    }

    void add_to(Histograms& histograms) const { histograms.add(origin_, shift_, frequencies_, 1); }

    /// Of one frame; that of frames not seen where the samples are not all.
    [[nodiscard]] double bits() const {
        const auto& costs = symbol_costs();
        const double rare = costs[rare_] / 65536.0 + 8;
        double sum = 0;
        std::size_t used = 0;
        for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
            const bool kept = frequencies_[bin] != 0 && (is_all_ || bins_[bin] > 1);
            sum += bins_[bin] * (kept ? costs[frequencies_[bin]] / 65536.0 : rare);
            used += bins_[bin] != 0 ? 1 : 0;
        }
        const double noise = is_all_ ? 0 : static_cast<double>(used) * std::log2(std::exp(1.0)) / 2;
        return (sum + noise) / static_cast<double>(count_) + shift_;
    }

  private:
    void make_frequencies() {
        const auto singles = static_cast<std::size_t>(std::count(bins_.begin(), bins_.end(), 1u));
        const double for_rare =
            is_all_ ? 1 : std::max(1.0, units * (static_cast<double>(singles) + 0.5) / static_cast<double>(count_));
        const double scale = (units - std::min(for_rare, units / 2.0)) / static_cast<double>(count_);
        std::uint32_t left = units;
        frequencies_.resize(bins_.size());
        for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
            const auto wanted = static_cast<std::uint32_t>(std::lround(bins_[bin] * scale));
            const std::uint32_t given = std::min(wanted, left);
            frequencies_[bin] = static_cast<std::uint16_t>(given * unit);
            left -= given;
        }
        rare_ = simd::rans_probability_total - 1 - (units - left) * unit;
    }

    std::size_t count_;
    bool is_all_;
    unsigned shift_;
    std::uint32_t origin_ = 0;
    std::vector<std::uint32_t> bins_;
    std::vector<std::uint16_t> frequencies_;
    std::uint32_t rare_ = 1;
};

/// With the shift that makes the pixel and its histogram small.
PixelLearning learn_pixel(const LearningSet& set, std::span<const std::uint32_t> values) {
    constexpr unsigned most_shift = 8;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    unsigned shift = 0;
    while (shift < most_shift && ((*high - *low) >> shift) >= PixelLearning::most_bins) ++shift;
    const bool is_all = values.size() >= set.frames;
    const auto bits = [&](const PixelLearning& learning) {
        return learning.bits() * static_cast<double>(set.frames) + learning.side_bits();
    };
    PixelLearning best(values, is_all, shift);
    for (double least = bits(best); ++shift <= most_shift;) {
        PixelLearning coarser(values, is_all, shift);
        if (bits(coarser) >= least) break;
        least = bits(coarser);
        best = std::move(coarser);
    }
    return best;
}

}  // namespace

LearnedHistograms learn_histograms(const LearningSet& set) {
    LearnedHistograms learned;
    const PixelKind kind = kind_of(set.type);
    std::vector<std::uint32_t> values(set.samples.size());
    for (std::size_t pixel = 0; pixel < set.pixels; ++pixel) {
        for (std::size_t sample = 0; sample < values.size(); ++sample)
            values[sample] = load_pixel(kind, &set.samples[sample][pixel << kind.log2_bytes]);
        const PixelLearning learning = learn_pixel(set, values);
        learning.add_to(learned.histograms);
        learned.frame_bits += learning.bits();
    }
    return learned;
}

}  // namespace mrcz::codec::rans
