// From sample frames to a model. Nothing here is part of the format: any tables, classes and bases decode.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "codec/rans/histogram_learning.hpp"
#include "codec/rans/model.hpp"
#include "codec/rans/sample_values.hpp"

namespace mrcz::codec::rans {
namespace {

using Histogram = std::vector<std::uint32_t>;

// ---- tables from histograms

struct Window {
    std::size_t first = 0;
    std::uint64_t inside = 0;
};

/// The stretch of `width` values that holds most.
Window best_window(const Histogram& histogram, std::size_t last, std::size_t width) {
    Window best;
    std::uint64_t inside = 0;
    for (std::size_t end = 0; end <= last; ++end) {
        inside += histogram[end];
        if (end >= width) inside -= histogram[end - width];
        if (inside > best.inside) best = {end >= width ? end - width + 1 : 0, inside};
    }
    // Values beyond those seen are as likely below as above.
    std::size_t highest = std::min(best.first + width - 1, last);
    while (highest > best.first && histogram[highest] == 0) --highest;
    std::size_t lowest = best.first;
    while (lowest < highest && histogram[lowest] == 0) ++lowest;
    const std::size_t slack = width - 1 - (highest - lowest);
    best.first = lowest > slack / 2 ? lowest - slack / 2 : 0;
    return best;
}

/// Expected counts of tuples of independent values, out of about 2^24.
struct TupleCounts {
    Counts counts{};
    double wild_bits = 0;
};

TupleCounts tuple_counts(const Histogram& histogram, std::uint64_t sum, const Coding& coding, const PixelKind& kind) {
    constexpr double total = 16777216;
    std::vector<double> share(coding.values());
    double inside = 0, recorded = 0;
    for (std::size_t value = 0; value < share.size(); ++value) {
        const std::size_t first = coding.origin + (value << coding.shift);
        for (std::size_t k = first; k < first + (std::size_t{1} << coding.shift) && k + 1 < histogram.size(); ++k)
            share[value] += histogram[k];
        inside += share[value] /= static_cast<double>(sum);
    }
    for (std::size_t k = 0; k < coding.recorded_values() && coding.origin + k + 1 < histogram.size(); ++k)
        recorded += histogram[coding.origin + k] / static_cast<double>(sum);
    TupleCounts made;
    Counts& counts = made.counts;
    const unsigned bits = 8 / coding.tuple;
    for (std::size_t symbol = 0; symbol < (coding.tuple == 1 ? share.size() : symbol_count); ++symbol) {
        double product = total;
        for (unsigned k = 0; k < coding.tuple; ++k)
            product *= share[coding.tuple == 1 ? symbol : symbol >> (k * bits) & ((1u << bits) - 1)];
        counts[symbol] = static_cast<std::uint32_t>(product + 0.5);
    }
    double all_inside = 1;
    for (unsigned k = 0; k < coding.tuple; ++k) all_inside *= inside;
    const double wild = std::max(0.0, 1 - all_inside);
    counts[wild_symbol] = static_cast<std::uint32_t>(total * wild + 0.5);
    const double outside = coding.tuple == 1 ? 1 : coding.tuple * (1 - recorded) / std::max(wild, 1e-9);
    made.wild_bits = coding.wild_bits(kind, outside);
    return made;
}

struct Made {
    Table table;
    double pixel_bits = 0;
};

Made make_with(const Histogram& histogram, std::uint64_t sum, std::size_t last, const PixelKind& kind, unsigned tuple,
               unsigned shift) {
    Made made;
    made.table.coding = {tuple, shift, 0};
    const Window window = best_window(histogram, last, std::size_t{made.table.coding.values()} << shift);
    made.table.coding.origin = static_cast<std::uint32_t>(window.first);
    const TupleCounts tuples = tuple_counts(histogram, sum, made.table.coding, kind);
    const Counts& counts = tuples.counts;
    const double symbols = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    const Fitted fitted = fit(counts, static_cast<unsigned>(tuples.wild_bits));
    made.table.frequencies = fitted.frequencies;
    made.pixel_bits = static_cast<double>(fitted.cost) / 65536 / symbols / tuple + shift;
    return made;
}

/// The table that makes values of this histogram small; of nearly equal ones the fastest.
Made make_table(const Histogram& histogram, const PixelKind& kind) {
    const std::uint64_t sum = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
    std::size_t last = histogram.size() - 2;
    while (last > 0 && histogram[last] == 0) --last;
    Made best = make_with(histogram, sum, last, kind, 4, 0);
    const auto try_coding = [&](unsigned tuple, unsigned shift) {
        constexpr double speed_worth = 1.003;
        const Made made = make_with(histogram, sum, last, kind, tuple, shift);
        if (made.pixel_bits * speed_worth < best.pixel_bits) best = made;
        return made.pixel_bits;
    };
    try_coding(2, 0);
    double before = try_coding(1, 0);
    for (unsigned shift = 1; shift <= 8; ++shift) {
        const double bits = try_coding(1, shift);
        if (bits > before && bits > best.pixel_bits * 1.05) break;
        before = bits;
    }
    return best;
}

// ---- the bank

struct Member {
    std::uint32_t sample, segment;
    double root_mean;
};

/// Centres in one dimension, so that the members' squared distances become small.
std::vector<double> cluster(std::vector<double> values, std::size_t wanted) {
    std::sort(values.begin(), values.end());
    std::vector<double> centres;
    const double first = values.front(), step = (values.back() - first) / static_cast<double>(wanted);
    // Half of the centres where the members are, half where the range is.
    for (std::size_t k = 0; k < wanted; ++k)
        centres.push_back(k % 2 == 0 ? values[k * values.size() / wanted]
                                     : first + step * (static_cast<double>(k) + 0.5));
    for (unsigned round = 0; round < 16; ++round) {
        std::sort(centres.begin(), centres.end());
        std::vector<double> sums(centres.size());
        std::vector<std::size_t> counts(centres.size());
        for (std::size_t at = 0, centre = 0; at < values.size(); ++at) {
            while (centre + 1 < centres.size() &&
                   std::abs(centres[centre + 1] - values[at]) <= std::abs(centres[centre] - values[at]))
                ++centre;
            sums[centre] += values[at];
            ++counts[centre];
        }
        std::vector<double> moved;
        for (std::size_t centre = 0; centre < centres.size(); ++centre)
            if (counts[centre] != 0) moved.push_back(sums[centre] / static_cast<double>(counts[centre]));
        centres = std::move(moved);
    }
    return centres;
}

/// Of rising ones.
std::size_t nearest_centre(const std::vector<double>& centres, double value) {
    const auto above = std::lower_bound(centres.begin(), centres.end(), value);
    if (above == centres.begin()) return 0;
    const bool is_below = above == centres.end() || value - *(above - 1) <= *above - value;
    return static_cast<std::size_t>(above - centres.begin()) - (is_below ? 1 : 0);
}

/// Counts values; equal neighbours do not wait for each other.
class ValueHistogram {
  public:
    explicit ValueHistogram(std::size_t greatest)
        : values_(greatest + 1), turns_(values_ <= 4096 ? 4 : 1), counts_(turns_ * values_) {}

    void add(std::span<const std::uint16_t> values) {
        std::uint32_t* counts = counts_.data();
        if (turns_ == 1) {
            for (const std::uint16_t value : values) ++counts[value];
            return;
        }
        std::size_t at = 0;
        for (; at + 4 <= values.size(); at += 4)
            for (std::size_t k = 0; k < 4; ++k) ++counts[k * values_ + values[at + k]];
        for (; at < values.size(); ++at) ++counts[values[at]];
    }

    /// What was counted, and a value of none behind the greatest; then begins anew.
    void take(Histogram& histogram) {
        histogram.assign(values_ + 1, 0);
        for (std::size_t at = 0; at < counts_.size(); ++at) histogram[at % values_] += counts_[at];
        std::fill(counts_.begin(), counts_.end(), 0);
    }

  private:
    std::size_t values_, turns_;
    std::vector<std::uint32_t> counts_;
};

class Learning {
  public:
    explicit Learning(const LearningSet& set)
        : set_(set),
          kind_(kind_of(set.type)),
          values_(set),
          keeps_ordered_(set.samples.size() * set.pixels <= most_kept),
          row_(set.pixels),
          ordered_(keeps_ordered_ ? set.samples.size() * set.pixels : set.pixels) {
        parts_.kind = kind_;
        parts_.pixels = set.pixels;
        parts_.row_pixels = set.row_pixels != 0 && set.row_pixels <= set.pixels ? set.row_pixels : set.pixels;
        sums_ = values_.sums();
    }

    void use_base() {
        values_.find_base();
        sums_ = values_.sums();
    }

    /// Bits of all frames that will share the model, the model included.
    double learn(double classes) {
        classes_ = classes;
        parts_.least = values_.least();
        parts_.base = values_.base();
        find_classes();
        find_segments();
        find_members();
        make_bank();
        return pixel_bits_ * static_cast<double>(set_.pixels) * static_cast<double>(set_.frames) +
               8 * static_cast<double>(write_model(parts_).size());
    }

    /// Bits that one table would take.
    [[nodiscard]] double one_table_bits() {
        ValueHistogram counts(values_.greatest());
        for (std::size_t sample = 0; sample < set_.samples.size(); ++sample) {
            values_.read(sample, 0, row_);
            counts.add(row_);
        }
        Histogram all;
        counts.take(all);
        return make_table(all, kind_).pixel_bits * static_cast<double>(set_.pixels) * static_cast<double>(set_.frames);
    }

    [[nodiscard]] const Model::Parts& parts() const { return parts_; }

  private:
    static constexpr std::size_t most_kept = std::size_t{1} << 23;

    /// That of a pixel brighter than nearly all.
    [[nodiscard]] std::uint32_t high_sum() const {
        std::vector<std::uint32_t> sums(sums_);
        const auto high = sums.begin() + static_cast<std::ptrdiff_t>(sums.size() * 999 / 1000);
        std::nth_element(sums.begin(), high, sums.end());
        return *high;
    }

    void find_classes() {
        const double floor = Model::floor_of(parts_), samples = static_cast<double>(set_.samples.size());
        const auto root_of = [&](std::uint32_t sum) {
            return Model::root_of(static_cast<double>(sum) / samples, floor);
        };
        constexpr double most = 255;
        const double width = std::max(root_of(high_sum()) / classes_, 1e-3);
        parts_.classes.resize(set_.pixels);
        for (std::size_t pixel = 0; pixel < set_.pixels; ++pixel)
            parts_.classes[pixel] = static_cast<std::uint8_t>(std::min(most, root_of(sums_[pixel]) / width));
        order_ = order_of(parts_.classes);
    }

    /// Long where brightness hardly changes, short where it does.
    void find_segments() {
        constexpr std::size_t usual_segments = 64, shortest = 128, least = 1024, most = std::size_t{1} << 16;
        constexpr double steps = 48;  // that brightness may change in, from dark to bright
        const std::size_t longest = std::clamp(set_.pixels / usual_segments, least, most);
        const double step = classes_ / steps;
        parts_.lengths.clear();
        starts_.assign(1, 0);
        for (std::size_t at = 0; at < set_.pixels; ++at) {
            const std::size_t first = starts_.back(), length = at - first;
            const int change = parts_.classes[order_[at]] - parts_.classes[order_[first]];
            const bool ends =
                length >= longest || (length >= shortest && change > step) || (at != 0 && at % usual_block_pixels == 0);
            if (ends && length != 0) starts_.push_back(at);
        }
        starts_.push_back(set_.pixels);
        for (std::size_t segment = 0; segment + 1 < starts_.size(); ++segment)
            parts_.lengths.push_back(static_cast<std::uint32_t>(starts_[segment + 1] - starts_[segment]));
    }

    /// Puts the sample into the model's order, unless that was kept.
    void order(std::size_t sample, bool is_new) {
        current_ = keeps_ordered_ ? std::span(ordered_).subspan(sample * set_.pixels, set_.pixels) : ordered_;
        if (keeps_ordered_ && !is_new) return;
        values_.read(sample, 0, row_);
        for (std::size_t at = 0; at < set_.pixels; ++at) current_[at] = row_[order_[at]];
    }
    [[nodiscard]] std::span<const std::uint16_t> ordered_segment(std::size_t segment) const {
        return current_.subspan(starts_[segment], starts_[segment + 1] - starts_[segment]);
    }

    void find_members() {
        members_.clear();
        const double floor = Model::floor_of(parts_);
        for (std::uint32_t sample = 0; sample < set_.samples.size(); ++sample) {
            order(sample, true);
            for (std::uint32_t segment = 0; segment < parts_.lengths.size(); ++segment) {
                std::uint64_t sum = 0;
                for (const std::uint16_t value : ordered_segment(segment)) sum += value;
                const double mean = static_cast<double>(sum) / static_cast<double>(parts_.lengths[segment]);
                members_.push_back({sample, segment, Model::root_of(mean, floor)});
            }
        }
    }

    /// More tables fit closer, but stand in the file once each.
    [[nodiscard]] std::size_t tables_wanted() const {
        const double wanted = 6 * std::sqrt(static_cast<double>(set_.frames));
        return static_cast<std::size_t>(std::clamp(wanted, 8.0, 192.0));
    }

    void make_bank() {
        std::vector<double> roots;
        for (const Member& member : members_) roots.push_back(member.root_mean);
        const std::vector<double> centres = cluster(roots, tables_wanted());
        std::vector<std::size_t> centre_of;
        std::vector<std::vector<std::uint32_t>> votes(parts_.lengths.size(),
                                                      std::vector<std::uint32_t>(centres.size()));
        for (const Member& member : members_) {
            centre_of.push_back(nearest_centre(centres, member.root_mean));
            ++votes[member.segment][centre_of.back()];
        }
        parts_.tables.clear();
        pixel_bits_ = 0;
        std::vector<std::uint8_t> table_of(centres.size());
        constexpr std::size_t most_counters = std::size_t{1} << 22;
        const std::size_t at_once = std::max<std::size_t>(1, most_counters / (std::size_t{values_.greatest()} + 4096));
        for (std::size_t first = 0; first < centres.size(); first += at_once)
            make_tables(centre_of, first, std::min(first + at_once, centres.size()), table_of);
        pixel_bits_ /= static_cast<double>(set_.pixels * set_.samples.size());
        parts_.usual.clear();
        for (const auto& votes_of : votes) {
            const auto most = std::max_element(votes_of.begin(), votes_of.end()) - votes_of.begin();
            parts_.usual.push_back(table_of[static_cast<std::size_t>(most)]);
        }
    }

    /// Of centres first … end - 1, those that have members.
    void make_tables(std::span<const std::size_t> centre_of, std::size_t first, std::size_t end,
                     std::vector<std::uint8_t>& table_of) {
        std::vector<ValueHistogram> counts(end - first, ValueHistogram(values_.greatest()));
        std::vector<std::uint64_t> pixels(end - first);
        for (std::size_t at = 0; at < members_.size(); ++at) {
            const Member& member = members_[at];
            if (member.segment == 0) order(member.sample, false);
            if (centre_of[at] < first || centre_of[at] >= end) continue;
            counts[centre_of[at] - first].add(ordered_segment(member.segment));
            pixels[centre_of[at] - first] += parts_.lengths[member.segment];
        }
        Histogram histogram;
        for (std::size_t centre = first; centre < end; ++centre) {
            if (pixels[centre - first] == 0) continue;
            table_of[centre] = static_cast<std::uint8_t>(parts_.tables.size());
            counts[centre - first].take(histogram);
            const Made made = make_table(histogram, kind_);
            parts_.tables.push_back(made.table);
            pixel_bits_ += made.pixel_bits * static_cast<double>(pixels[centre - first]);
        }
    }

    const LearningSet& set_;
    PixelKind kind_;
    SampleValues values_;
    bool keeps_ordered_;
    std::vector<std::uint32_t> sums_;           ///< over the samples, by pixel
    std::vector<std::uint16_t> row_, ordered_;  ///< of a sample
    std::span<std::uint16_t> current_;
    Model::Parts parts_;
    std::vector<std::uint32_t> order_;
    std::vector<std::size_t> starts_;  ///< of the segments, and the end of the last
    std::vector<Member> members_;
    double pixel_bits_ = 0;
    double classes_ = 0;  ///< that nearly all pixels fall into
};

}  // namespace

std::shared_ptr<const Model> learn_model(const LearningSet& set) {
    constexpr std::size_t least_pixels = 4096;
    if (set.samples.empty() || set.samples.size() > SampleValues::most_samples || set.frames < 2 ||
        set.pixels < least_pixels || set.pixels > UINT32_MAX)
        return nullptr;
    constexpr double few_classes = 64, many_classes = 192;
    constexpr std::size_t least_samples = 16;  // that show a pixel's lowest peak
    const bool tries_base = kind_of(set.type).log2_bytes != 0 && set.samples.size() >= least_samples;
    Learning learning(set);
    const double one_table_bits = learning.one_table_bits();
    double least_bits = 0;
    std::optional<Model::Parts> best;
    for (const bool with_base : {false, true}) {
        if (with_base && !tries_base) continue;
        if (with_base) learning.use_base();
        for (const double classes : {few_classes, many_classes}) {
            constexpr double hopeless = 1.05;  // more classes gain less
            const double bits = learning.learn(classes);
            if (best && bits > least_bits * hopeless) break;
            if (best && bits >= least_bits) continue;
            least_bits = bits;
            best = learning.parts();
        }
    }
    bool pays = least_bits < one_table_bits;
    const bool may_have_histograms = set.pixels <= most_histogram_pixels && set.samples.size() >= least_samples;
    if (set.needs_histograms ||
        (may_have_histograms && histograms_may_pay(set, std::min(least_bits, one_table_bits)))) {
        LearnedHistograms learned = learn_histograms(set);
        const double bits = learned.frame_bits * static_cast<double>(set.frames) +
                            8 * static_cast<double>(learned.histograms.write().size() + write_model(*best).size());
        if (set.needs_histograms || bits < std::min(least_bits, one_table_bits)) {
            best->histograms = std::move(learned.histograms);
            pays = true;
        }
    }
    return pays ? std::make_shared<const Model>(std::move(*best)) : nullptr;
}

}  // namespace mrcz::codec::rans
