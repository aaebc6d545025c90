#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/fail.hpp"
#include "base/frame_random.hpp"
#include "mrcz/outliers.hpp"
#include "process/neighbours.hpp"

namespace mrcz {
namespace {

/// What is measured and what stands in for it, by the weight. What is not a number has no weight.
double blended(double measured, double fill, float weight) {
    if (weight <= 0) return fill;
    const double own = static_cast<double>(weight);
    return own * measured + (1 - own) * fill;
}

template <class Integer>
Integer nearest(double value) {
    constexpr double least = static_cast<double>(std::numeric_limits<Integer>::min());
    constexpr double greatest =
        sizeof(Integer) < 8 ? static_cast<double>(std::numeric_limits<Integer>::max()) : 0x1p63 - 1024;
    return static_cast<Integer>(std::clamp(std::nearbyint(value), least, greatest));
}

bool is_good(const Outliers& outliers, std::uint64_t index) {
    const auto found = std::ranges::lower_bound(outliers.pixels, index, {}, &OutlierPixel::index);
    return found == outliers.pixels.end() || found->index != index || !found->is_outlier();
}

void check_size(std::size_t pixels, const Outliers& outliers) {
    if (pixels != outliers.shape.pixels())
        fail(ErrorCode::invalid_argument, "outliers of ", outliers.shape.nx, " x ", outliers.shape.ny,
             " pixels, an image of ", pixels);
}

/// Has the rows below a pixel on their way from memory. Where most of a frame is read anyway that is faster in the
/// order of its rows than window by window.
template <class Value>
class RowsAhead {
  public:
    RowsAhead(std::span<const Value> frame, const Outliers& outliers) : frame_(frame) {
        const std::size_t lines = frame.size() / values_a_line;
        row_ = static_cast<std::size_t>(outliers.shape.nx);
        if (outliers.pixels.size() * window_side < lines / 4) next_ = frame.size();
    }

    void reach(std::uint64_t index) {
        const std::size_t end = std::min(frame_.size(), index + (window_reach + 2) * row_);
        for (; next_ < end; next_ += values_a_line) __builtin_prefetch(&frame_[next_]);
    }

  private:
    static constexpr std::size_t values_a_line = 64 / sizeof(Value);
    std::span<const Value> frame_;
    std::size_t row_;
    std::size_t next_ = 0;
};

/// Fills one frame. Fills are made from what was measured: a pixel is put when no window reads it any more.
template <class Value>
class FrameFiller {
  public:
    FrameFiller(std::span<Value> frame, const Outliers& outliers, std::int64_t frame_index, std::uint64_t seed)
        : frame_(frame), outliers_(outliers), random_(seed, frame_index), offsets_(neighbour_offsets(outliers.shape)) {}

    /// Only good pixels are drawn and only outliers are put, so no order between them matters: places are drawn for
    /// many outliers before the first is read, for memory to answer them side by side.
    void fill_at_random() const {
        std::array<const OutlierPixel*, draws_at_once> waiting;
        std::size_t count = 0;
        for (const OutlierPixel& pixel : outliers_.pixels) {
            waiting[count] = &pixel;
            count += pixel.is_outlier() ? 1 : 0;
            if (count == draws_at_once) {
                fill_waiting(waiting);
                count = 0;
            }
        }
        fill_waiting(std::span(waiting).first(count));
    }

    void fill_from_frame() const {
        const NeighbourKernel kernel(outliers_.kernel_taps, outliers_.shape);
        const std::span<const OutlierPixel> pixels = outliers_.pixels;
        // No later window reaches back further.
        const auto reach = static_cast<std::uint64_t>(widest_reach * (outliers_.shape.nx + 1));
        std::vector<double> fills(pixels.size());
        RowsAhead<Value> rows(frame_, outliers_);
        std::size_t next_put = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            rows.reach(pixels[i].index);
            if (is_put(pixels[i])) fills[i] = fill_of(pixels[i], kernel);
            for (; pixels[next_put].index + reach < pixels[i].index; ++next_put) put(pixels[next_put], fills[next_put]);
        }
        for (; next_put < pixels.size(); ++next_put) put(pixels[next_put], fills[next_put]);
    }

    void fill_from_mean() const {
        for (const OutlierPixel& pixel : outliers_.pixels) put(pixel, static_cast<double>(pixel.fill));
    }

  private:
    static constexpr std::size_t draws_at_once = 128;
    static constexpr std::uint64_t no_source = std::numeric_limits<std::uint64_t>::max();
    static constexpr bool is_integer = std::numeric_limits<Value>::is_integer;

    /// Integers cannot be blended: they would lose more to rounding than a fill gives.
    static bool is_put(const OutlierPixel& pixel) { return !is_integer || pixel.is_outlier(); }

    void put(const OutlierPixel& pixel, double fill) const {
        if (!is_put(pixel)) return;
        Value& value = frame_[pixel.index];
        if constexpr (is_integer) {
            value = rounded_at_random(fill + noise_of(pixel), pixel);
        } else {
            value = static_cast<Value>(blended(static_cast<double>(value), fill, pixel.weight) + noise_of(pixel));
        }
    }

    [[nodiscard]] double noise_of(const OutlierPixel& pixel) const {
        if (outliers_.added_noise == 0 || !pixel.is_outlier()) return 0;
        const float normal = random_normal(random_.at(pixel.index, 1), random_.at(pixel.index, 2));
        return outliers_.added_noise * (1 - static_cast<double>(pixel.weight)) * static_cast<double>(normal);
    }

    /// Up with the probability of the fraction: of counts below one half the nearest would always be 0.
    [[nodiscard]] Value rounded_at_random(double value, const OutlierPixel& pixel) const {
        constexpr std::uint64_t stream = 3;
        const double whole = std::floor(value);
        const bool is_up = static_cast<double>(random_unit(random_.at(pixel.index, stream))) < value - whole;
        return nearest<Value>(whole + (is_up ? 1 : 0));
    }

    void fill_waiting(std::span<const OutlierPixel* const> waiting) const {
        std::array<std::uint64_t, draws_at_once> sources;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            sources[i] = source_of(*waiting[i]);
            if (sources[i] == no_source) continue;
            __builtin_prefetch(&frame_[sources[i]]);
            __builtin_prefetch(&frame_[waiting[i]->index], 1);
        }
        for (std::size_t i = 0; i < waiting.size(); ++i)
            frame_[waiting[i]->index] = sources[i] == no_source ? mean_value() : frame_[sources[i]];
    }

    /// The good pixel that an outlier takes its value from.
    [[nodiscard]] std::uint64_t source_of(const OutlierPixel& pixel) const {
        if (pixel.good_neighbours == 0) return source_from_afar(pixel);
        const auto good = static_cast<std::uint32_t>(std::popcount(pixel.good_neighbours));
        const std::uint32_t drawn = random_below(random_.at(pixel.index), good);
        const int bit = pixel.good_neighbours == all_neighbours ? neighbour_bits[drawn] : nth_bit(pixel, drawn);
        return pixel.index + static_cast<std::uint64_t>(offsets_[static_cast<std::size_t>(bit)]);
    }

    static int nth_bit(const OutlierPixel& pixel, std::uint32_t skipped) {
        std::uint32_t bits = pixel.good_neighbours;
        for (; skipped > 0; --skipped) bits &= bits - 1;
        return std::countr_zero(bits);
    }

    /// Inside a large defect any good pixel of the frame is as likely as another.
    [[nodiscard]] std::uint64_t source_from_afar(const OutlierPixel& pixel) const {
        constexpr std::uint64_t most_draws = 64;
        for (std::uint64_t draw = 0; draw < most_draws; ++draw) {
            const std::uint64_t bits = random_.at(pixel.index, draw);
            const auto at = static_cast<std::uint64_t>(static_cast<double>(bits >> 11) * 0x1p-53 *
                                                       static_cast<double>(frame_.size()));
            if (is_good(outliers_, at)) return at;
        }
        return no_source;
    }

    [[nodiscard]] Value mean_value() const {
        if constexpr (is_integer) return nearest<Value>(outliers_.frame_mean);
        return static_cast<Value>(outliers_.frame_mean);
    }

    [[nodiscard]] double fill_of(const OutlierPixel& pixel, const NeighbourKernel& kernel) const {
        if (!pixel.is_clustered) {
            const auto mean = kernel.mean(frame_.data(), pixel.index, pixel.good_neighbours);
            if (mean) return *mean;
        }
        if (pixel.good_neighbours != 0) return plain_mean(frame_.data(), pixel.index, pixel.good_neighbours, offsets_);
        const auto good = [this](std::size_t at) { return is_good(outliers_, at); };
        return wider_mean(frame_.data(), outliers_.shape, pixel.index, good).value_or(outliers_.frame_mean);
    }

    std::span<Value> frame_;
    const Outliers& outliers_;
    FrameRandom random_;
    NeighbourOffsets offsets_;
};

template <class Value>
void fill_frame(std::span<Value> frame, const Outliers& outliers, OutlierFill fill, std::int64_t frame_index,
                std::uint64_t seed) {
    check_size(frame.size(), outliers);
    const FrameFiller<Value> filler(frame, outliers, frame_index, seed);
    switch (fill) {
        case OutlierFill::random:
            return filler.fill_at_random();
        case OutlierFill::frame:
            return filler.fill_from_frame();
        case OutlierFill::mean:
            return filler.fill_from_mean();
    }
}

}  // namespace

SumImage filled(const SumImage& sum, const Outliers& outliers) {
    check_size(sum.shape.pixels(), outliers);
    SumImage result = sum;
    const double frames = static_cast<double>(std::max<std::int64_t>(sum.frames, 1));
    std::visit(
        [&]<class Value>(std::vector<Value>& values) {
            for (const OutlierPixel& pixel : outliers.pixels) {
                Value& value = values[pixel.index];
                const double fill = frames * static_cast<double>(pixel.fill);
                const double sum_of_pixel = blended(static_cast<double>(value), fill, pixel.weight);
                if constexpr (std::is_same_v<Value, double>) {
                    value = sum_of_pixel;
                } else {
                    value = nearest<Value>(sum_of_pixel);
                }
            }
        },
        result.values);
    return result;
}

void fill_outliers(std::span<float> frame, const Outliers& outliers, OutlierFill fill, std::int64_t frame_index,
                   std::uint64_t seed) {
    fill_frame(frame, outliers, fill, frame_index, seed);
}

template <typename Integer>
void fill_outliers(std::span<Integer> frame, const Outliers& outliers, OutlierFill fill, std::int64_t frame_index,
                   std::uint64_t seed) {
    fill_frame(frame, outliers, fill, frame_index, seed);
}

template void fill_outliers(std::span<std::int8_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);
template void fill_outliers(std::span<std::uint8_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);
template void fill_outliers(std::span<std::int16_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);
template void fill_outliers(std::span<std::uint16_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);
template void fill_outliers(std::span<std::int32_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);
template void fill_outliers(std::span<std::uint32_t>, const Outliers&, OutlierFill, std::int64_t, std::uint64_t);

}  // namespace mrcz
