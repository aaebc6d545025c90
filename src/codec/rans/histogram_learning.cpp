// Histograms of pixels from sample frames. Nothing here is part of the format.
#include <algorithm>
#include <bit>

#include "codec/rans/histogram_learning.hpp"
#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr unsigned unit = 8;  // of frequencies in the file
constexpr std::uint32_t units = simd::rans_probability_total / unit - 1;

/// The histogram of one pixel, at a shift and then at greater ones. Memory is used again for the next pixel.
class PixelLearning {
  public:
    PixelLearning(std::size_t samples, std::uint64_t frames)
        : count_(static_cast<double>(samples)), frames_(static_cast<double>(frames)), is_all_(samples >= frames) {}

    struct Histogram {
        unsigned shift = 0;
        std::uint32_t rare = 1;
        double bits = 0;      ///< of one frame; that of frames not seen where the samples are not all
        double all_bits = 0;  ///< of all frames, the histogram included
        std::vector<std::uint16_t> frequencies;
    };

    /// With the shift that makes the pixel and its histogram small; it stays until the next call.
    const Histogram& learn(std::span<const std::uint32_t> values) {
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        origin_ = *low;
        unsigned shift = 0;
        while (shift < most_shift && ((*high - origin_) >> shift) >= most_bins) ++shift;
        bins_.assign(std::min<std::uint32_t>((*high - origin_) >> shift, most_bins - 1) + std::size_t{1}, 0);
        for (const std::uint32_t value : values)
            if (const std::uint32_t bin = (value - origin_) >> shift; bin < bins_.size()) ++bins_[bin];
        make(shift, best_);
        while (++shift <= most_shift) {
            halve();
            make(shift, tried_);
            if (tried_.all_bits >= best_.all_bits) break;
            std::swap(tried_, best_);
        }
        return best_;
    }
    [[nodiscard]] std::uint32_t origin() const { return origin_; }

  private:
    static constexpr std::uint32_t most_bins = 254;
    static constexpr unsigned most_shift = 8;

    void halve() {
        const std::size_t half = (bins_.size() + 1) / 2;
        bins_.push_back(0);
        for (std::size_t bin = 0; bin < half; ++bin) bins_[bin] = bins_[2 * bin] + bins_[2 * bin + 1];
        bins_.resize(half);
    }

    void make(unsigned shift, Histogram& made) const {
        made.shift = shift;
        const auto singles = static_cast<double>(std::count(bins_.begin(), bins_.end(), 1u));
        const double for_rare = is_all_ ? 1 : std::max(1.0, units * (singles + 0.5) / count_);
        const double scale = (units - std::min(for_rare, units / 2.0)) / count_;
        std::uint32_t left = units, side = 24;
        made.frequencies.resize(bins_.size());
        for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
            const std::uint32_t given = std::min(static_cast<std::uint32_t>(bins_[bin] * scale + 0.5), left);
            made.frequencies[bin] = static_cast<std::uint16_t>(given * unit);
            left -= given;
            side += 2 * static_cast<std::uint32_t>(std::bit_width(given + 1)) - 1;
        }
        made.rare = simd::rans_probability_total - 1 - (units - left) * unit;
        made.bits = bits_of(made);
        made.all_bits = made.bits * frames_ + side;
    }

    [[nodiscard]] double bits_of(const Histogram& made) const {
        constexpr double half_a_nat = 0.7213475204444817;  // in bits: what a value costs that was not foreseen exactly
        const auto& costs = symbol_costs();
        const std::uint64_t rare = costs[made.rare] + (8u << cost_bits);
        std::uint64_t sum = 0;
        std::uint32_t used = 0;
        for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
            const bool kept = made.frequencies[bin] != 0 && (is_all_ || bins_[bin] > 1);
            sum += bins_[bin] * (kept ? costs[made.frequencies[bin]] : rare);
            used += bins_[bin] != 0 ? 1 : 0;
        }
        const double noise = is_all_ ? 0 : used * half_a_nat;
        return (static_cast<double>(sum) / (1u << cost_bits) + noise) / count_ + made.shift;
    }

    double count_, frames_;
    bool is_all_;
    std::uint32_t origin_ = 0;
    std::vector<std::uint32_t> bins_;
    Histogram best_, tried_;
};

/// Calls visit(learning, histogram) for runs of pixels, one run in `step`.
template <class Visit>
void learn_pixels(const LearningSet& set, std::size_t step, Visit&& visit) {
    constexpr std::size_t run = 16;  // whose samples share lines of the cache
    const PixelKind kind = kind_of(set.type);
    const std::size_t samples = set.samples.size();
    std::vector<std::uint32_t> values(samples * run);
    PixelLearning learning(samples, set.frames);
    for (std::size_t first = 0; first < set.pixels; first += run * step) {
        const std::size_t count = std::min(run, set.pixels - first);
        with_word(kind, [&](auto word) {
            using Word = decltype(word);
            for (std::size_t sample = 0; sample < samples; ++sample)
                for (std::size_t pixel = 0; pixel < count; ++pixel)
                    values[pixel * samples + sample] =
                        load_le<Word>(&set.samples[sample][(first + pixel) * sizeof(Word)]);
        });
        for (std::size_t pixel = 0; pixel < count; ++pixel)
            visit(learning, learning.learn(std::span(values).subspan(pixel * samples, samples)));
    }
}

}  // namespace

bool histograms_may_pay(const LearningSet& set, double bits) {
    constexpr std::size_t step = 17;  // odd: not the same columns in every row
    constexpr double nearly = 0.95;   // what such a part of the pixels may be wrong by
    double sum = 0, pixels = 0;
    learn_pixels(set, step, [&](const PixelLearning&, const PixelLearning::Histogram& made) {
        sum += made.all_bits;
        ++pixels;
    });
    return nearly * sum / pixels * static_cast<double>(set.pixels) < bits;
}

LearnedHistograms learn_histograms(const LearningSet& set) {
    LearnedHistograms learned;
    learn_pixels(set, 1, [&](const PixelLearning& learning, const PixelLearning::Histogram& made) {
        learned.histograms.add(learning.origin(), made.shift, made.frequencies, 1);
        learned.frame_bits += made.bits;
    });
    return learned;
}

}  // namespace mrcz::codec::rans
