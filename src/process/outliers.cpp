#include "mrcz/outliers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/fail.hpp"
#include "process/neighbours.hpp"
#include "process/outlier_patches.hpp"
#include "process/outlier_weight.hpp"
#include "process/row_bands.hpp"
#include "process/straight_defects.hpp"
#include "process/sum_histogram.hpp"

namespace mrcz {
namespace {

// McLeod et al. 2018, Table 1, is the products of these.
constexpr double k2_taps[] = {1, 0.173235968, 0.016518};

std::vector<double> kernel_taps_of(const OutlierOptions& options) {
    std::vector<double> taps(std::begin(k2_taps), std::end(k2_taps));
    if (options.kernel_taps.empty()) return taps;
    if (options.kernel_taps.size() < 2 || options.kernel_taps.size() > taps.size())
        fail(ErrorCode::invalid_argument, "outliers: ", options.kernel_taps.size(),
             " kernel taps; two or three are expected, for the distances 0, 1, 2");
    taps.assign(options.kernel_taps.begin(), options.kernel_taps.end());
    for (const double tap : taps)
        if (!(tap >= 0) || !std::isfinite(tap))
            fail(ErrorCode::invalid_argument, "outliers: kernel tap ", tap, " is no weight of 0 or more");
    taps.resize(std::size(k2_taps));
    return taps;
}

void check_number(bool is_fine, std::string_view what, double number) {
    if (!is_fine) fail(ErrorCode::invalid_argument, "outliers: ", what, ", not ", number);
}

void check(const SumImage& sum, const OutlierOptions& options, std::span<const std::uint8_t> known_bad) {
    const std::size_t pixels = sum.shape.pixels();
    const std::size_t values = std::visit([](const auto& all) { return all.size(); }, sum.values);
    if (sum.shape.nx < 0 || sum.shape.ny < 0 || values != pixels)
        fail(ErrorCode::invalid_argument, "outliers: a sum of ", values, " pixels that should be ", sum.shape.nx, " x ",
             sum.shape.ny);
    if (!known_bad.empty() && known_bad.size() != pixels)
        fail(ErrorCode::invalid_argument, "outliers: a map of ", known_bad.size(), " defects for an image of ",
             sum.shape.nx, " x ", sum.shape.ny, " pixels");
    const double scale = options.values_per_electron.value_or(1);
    check_number(std::isfinite(scale) && scale > 0, "values per electron are above 0", scale);
    check_number(options.least_threshold >= 0 && std::isfinite(options.least_threshold),
                 "the least threshold is 0 or more", options.least_threshold);
    check_number(options.steepness > 0 && std::isfinite(options.steepness), "the steepness is above 0",
                 options.steepness);
    check_number(options.threshold_share > 0 && std::isfinite(options.threshold_share),
                 "the share of the threshold is above 0", options.threshold_share);
}

/// The counted electrons that most pixels have. By the paper all of them count.
NormalFit expected_electrons(const SumBulk& bulk, double values_per_electron, OutlierRule rule) {
    constexpr double least_sigma = 0.5;
    const bool is_paper = rule == OutlierRule::paper;
    const double mean = (is_paper ? bulk.mean : bulk.median) / values_per_electron;
    const double counted = std::sqrt(std::max(mean, 0.0));
    if (is_paper && counted > 0) return {mean, counted};
    return {mean, std::max({counted, bulk.deviation / values_per_electron, least_sigma})};
}

/// What spreads far more than counts do has not their skew.
bool transforms(const OutlierOptions& options, const SumBulk& bulk, double values_per_electron) {
    if (options.transform != OutlierTransform::automatic) return options.transform == OutlierTransform::anscombe;
    const double variance = bulk.deviation * bulk.deviation / values_per_electron;
    return options.rule == OutlierRule::guarded && bulk.median >= 0 && variance <= 4 * bulk.median;
}

enum class PixelKind : std::uint8_t { good, outlier, unusable, spared };

/// What one band of rows has.
struct Found {
    std::vector<OutlierPixel> pixels;
    std::uint64_t dead = 0, hot = 0;
    std::uint64_t good = 0;
    double good_sum = 0;
};

/// Gives every pixel of a band its weight; keeps those where it is not 1.
template <class Value>
Found weighed(std::span<const Value> values, std::size_t first, const UsablePixels& usable, const OutlierWeight& weight,
              const Outliers& thresholds, std::span<PixelKind> kinds) {
    Found found;
    const double least = weight.least_whole(), greatest = weight.greatest_whole();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = static_cast<double>(values[i]);
        const bool is_usable = usable.has(first + i, values[i]);
        if (is_usable && value >= least && value <= greatest) {
            found.good_sum += value;
            ++found.good;
            continue;
        }
        OutlierPixel pixel{first + i};
        if (is_usable) {
            const double deviation = weight.deviation_of(value);
            if (deviation < thresholds.dark_threshold) ++found.dead;
            if (deviation > thresholds.hot_threshold) ++found.hot;
            const double own = weight.at(deviation);
            pixel.weight = static_cast<float>(own);
            if (!pixel.is_outlier()) {
                found.good_sum += value;
                ++found.good;
            }
            if (1 - own <= weight.negligible()) continue;
        }
        if (pixel.is_outlier()) kinds[i] = is_usable ? PixelKind::outlier : PixelKind::unusable;
        found.pixels.push_back(pixel);
    }
    return found;
}

/// Decides what stands in for each pixel of the list.
template <class Value>
class Filler {
  public:
    Filler(const std::vector<Value>& sums, std::span<const PixelKind> kinds, const Outliers& outliers, OutlierRule rule)
        : sums_(sums.data()),
          kinds_(kinds),
          outliers_(outliers),
          rule_(rule),
          offsets_(neighbour_offsets(outliers.shape)),
          kernel_(outliers.kernel_taps, outliers.shape) {}

    void complete(OutlierPixel& pixel) const {
        const auto is_good = [this](std::size_t at) { return kinds_[at] == PixelKind::good; };
        pixel.good_neighbours = neighbours_where(outliers_.shape, pixel.index, is_good);
        pixel.is_clustered = pixel.is_outlier() && is_clustered(pixel);
        const auto sum = pixel.is_clustered ? std::nullopt : kernel_.mean(sums_, pixel.index, sources_of(pixel));
        pixel.fill = static_cast<float>(sum ? *sum / frames() : of_cluster(pixel));
    }

  private:
    [[nodiscard]] double frames() const { return static_cast<double>(std::max<std::int64_t>(outliers_.frames, 1)); }

    /// The published rule asks how much of the nearest neighbours is replaced, weighted as they would be for a fill.
    [[nodiscard]] bool is_clustered(const OutlierPixel& pixel) const {
        const auto is_outlier = [this](std::size_t at) { return kinds_[at] != PixelKind::good; };
        const std::uint32_t outliers = neighbours_where(outliers_.shape, pixel.index, is_outlier);
        if (rule_ != OutlierRule::paper) return outliers != 0;
        return (1 - static_cast<double>(pixel.weight)) * replaced_share(pixel.index) > 0.01;
    }

    [[nodiscard]] double replaced_share(std::uint64_t index) const {
        const auto& taps = outliers_.kernel_taps;
        const double side = taps[0] * taps[1], corner = taps[1] * taps[1], whole = 4 * (side + corner);
        double share = 0;
        const auto at = static_cast<std::int64_t>(index);
        const std::int64_t x = at % outliers_.shape.nx, y = at / outliers_.shape.nx;
        for (std::int64_t dy = -1; dy <= 1; ++dy)
            for (std::int64_t dx = -1; dx <= 1; ++dx) {
                const bool is_inside =
                    x + dx >= 0 && x + dx < outliers_.shape.nx && y + dy >= 0 && y + dy < outliers_.shape.ny;
                if (!is_inside || (dx == 0 && dy == 0)) continue;
                share += (dx == 0 || dy == 0 ? side : corner) *
                         replaced(static_cast<std::uint64_t>(at + dy * outliers_.shape.nx + dx));
            }
        return whole > 0 ? share / whole : 0;
    }

    [[nodiscard]] double replaced(std::uint64_t index) const {
        const auto found = std::ranges::lower_bound(outliers_.pixels, index, {}, &OutlierPixel::index);
        const bool is_listed = found != outliers_.pixels.end() && found->index == index;
        return is_listed ? 1 - static_cast<double>(found->weight) : 0;
    }

    /// A singleton of the published rule may draw on outliers two pixels away.
    [[nodiscard]] std::uint32_t sources_of(const OutlierPixel& pixel) const {
        if (rule_ != OutlierRule::paper || !pixel.is_outlier()) return pixel.good_neighbours;
        return neighbours_where(outliers_.shape, pixel.index,
                                [this](std::size_t at) { return kinds_[at] != PixelKind::unusable; });
    }

    [[nodiscard]] double of_cluster(const OutlierPixel& pixel) const {
        if (pixel.good_neighbours != 0)
            return plain_mean(sums_, pixel.index, pixel.good_neighbours, offsets_) / frames();
        const auto is_good = [this](std::size_t at) { return kinds_[at] == PixelKind::good; };
        const auto sum = wider_mean(sums_, outliers_.shape, pixel.index, is_good);
        return sum ? *sum / frames() : outliers_.frame_mean;
    }

    const Value* sums_;
    std::span<const PixelKind> kinds_;
    const Outliers& outliers_;
    OutlierRule rule_;
    NeighbourOffsets offsets_;
    NeighbourKernel kernel_;
};

/// Goes through a sum, band by band, and puts together what is found.
template <class Value>
class Search {
  public:
    Search(const ImageShape& shape, const std::vector<Value>& sums, const UsablePixels& usable,
           const RunContext& context)
        : shape_(shape), sums_(sums), usable_(usable), context_(context), kinds_(sums.size(), PixelKind::good) {}

    void list_pixels(Outliers& outliers, const OutlierWeight& weight) {
        std::vector<Found> bands(static_cast<std::size_t>(row_bands(shape_)));
        const auto weigh_band = [&](const RowBand& band) {
            const auto first = static_cast<std::size_t>(band.first * shape_.nx);
            const auto length = static_cast<std::size_t>((band.end - band.first) * shape_.nx);
            bands[static_cast<std::size_t>(band.index)] =
                weighed(std::span(sums_).subspan(first, length), first, usable_, weight, outliers,
                        std::span(kinds_).subspan(first, length));
        };
        if (!bands.empty()) run_row_bands(shape_, weigh_band, context_);
        for (const Found& band : bands) {
            outliers.pixels.insert(outliers.pixels.end(), band.pixels.begin(), band.pixels.end());
            outliers.dead += band.dead;
            outliers.hot += band.hot;
            good_ += band.good;
            good_sum_ += band.good_sum;
        }
    }

    /// Takes patches off the list, and with them the pixels beside that are outliers in part.
    void spare(Outliers& outliers, const OutlierWeight& weight) {
        mark_patches(outliers, weight);
        std::erase_if(outliers.pixels, [&](const OutlierPixel& pixel) {
            const PixelKind kind = kinds_[pixel.index];
            if (kind == PixelKind::good) return is_beside_patch(pixel.index);
            if (kind != PixelKind::spared) return false;
            const auto value = static_cast<double>(sums_[pixel.index]);
            const double deviation = weight.deviation_of(value);
            if (deviation < outliers.dark_threshold) --outliers.dead;
            if (deviation > outliers.hot_threshold) --outliers.hot;
            ++outliers.spared;
            ++good_;
            good_sum_ += value;
            return true;
        });
        if (outliers.spared > 0) std::ranges::replace(kinds_, PixelKind::spared, PixelKind::good);
    }

    [[nodiscard]] double mean_of_good() const { return good_ > 0 ? good_sum_ / static_cast<double>(good_) : 0; }

    void complete_pixels(Outliers& outliers, OutlierRule rule) {
        const Filler<Value> filler(sums_, kinds_, outliers, rule);
        const auto pixels = static_cast<std::int64_t>(outliers.pixels.size());
        const auto complete_band = [&](const RowBand& band) {
            for (std::int64_t i = band.first; i < band.end; ++i)
                filler.complete(outliers.pixels[static_cast<std::size_t>(i)]);
        };
        if (pixels > 0) run_row_bands({1, pixels}, complete_band, context_);
        for (const OutlierPixel& pixel : outliers.pixels) {
            if (!pixel.is_outlier()) continue;
            ++(pixel.is_clustered ? outliers.clustered : outliers.singletons);
        }
    }

  private:
    void mark_patches(const Outliers& outliers, const OutlierWeight& weight) {
        const auto deviation_of = [&](std::uint64_t index) {
            if (!usable_.has(index, sums_[index])) return 0.0;
            return weight.deviation_of(static_cast<double>(sums_[index]));
        };
        std::vector<std::uint64_t> dark, bright;
        const double half = 0.5 * std::min(-outliers.dark_threshold, outliers.hot_threshold);
        for (const OutlierPixel& pixel : outliers.pixels) {
            PixelKind& kind = kinds_[pixel.index];
            if (kind != PixelKind::outlier) continue;
            (deviation_of(pixel.index) < 0 ? dark : bright).push_back(pixel.index);
            const bool is_seen = is_in_patch(shape_, pixel.index, half, deviation_of) &&
                                 !is_in_constant_block(shape_, pixel.index, sums_.data());
            if (is_seen) kind = PixelKind::spared;
        }
        for (const auto& outliers_of_side : {dark, bright})
            for (const std::uint64_t index : straight_defects(shape_, outliers_of_side))
                kinds_[index] = PixelKind::outlier;
    }

    [[nodiscard]] bool is_beside_patch(std::uint64_t index) const {
        const auto is_spared = [this](std::size_t at) { return kinds_[at] == PixelKind::spared; };
        return neighbours_where(shape_, index, is_spared) != 0;
    }

    ImageShape shape_;
    const std::vector<Value>& sums_;
    UsablePixels usable_;
    const RunContext& context_;
    std::vector<PixelKind> kinds_;
    std::uint64_t good_ = 0;
    double good_sum_ = 0;
};

/// Half the standard deviation of one frame, in pixel values.
double noise_of(const OutlierThresholds& thresholds, const SumTransform& transform, double values_per_electron,
                std::int64_t frames) {
    const NormalFit& fit = thresholds.fit;
    const double sigma = 0.5 * (transform.inverse(fit.mean + fit.sigma) - transform.inverse(fit.mean - fit.sigma));
    return 0.5 * sigma * values_per_electron / std::sqrt(static_cast<double>(std::max<std::int64_t>(frames, 1)));
}

}  // namespace

Outliers find_outliers(const SumImage& sum, const OutlierOptions& options, std::span<const std::uint8_t> known_bad,
                       const RunContext& context) {
    check(sum, options, known_bad);
    const UsablePixels usable(known_bad);
    const SumBulk bulk = bulk_of(sum, usable, context);
    Outliers outliers;
    outliers.shape = sum.shape;
    outliers.frames = sum.frames;
    outliers.kernel_taps = kernel_taps_of(options);
    outliers.values_per_electron = values_per_electron(sum, bulk, options, context);
    const double scale = outliers.values_per_electron;
    const NormalFit expected = expected_electrons(bulk, scale, options.rule);
    const SumTransform transform{transforms(options, bulk, scale)};
    outliers.is_transformed = transform.is_anscombe;
    outliers.histogram = histogram_of(sum, usable, scale, expected.mean, expected.sigma, context);
    const OutlierThresholds thresholds = thresholds_of(outliers.histogram, expected, transform, options);
    outliers.mean = thresholds.fit.mean;
    outliers.sigma = thresholds.fit.sigma;
    outliers.dark_threshold = thresholds.dark;
    outliers.hot_threshold = thresholds.hot;
    if (options.is_decorrelated) outliers.added_noise = noise_of(thresholds, transform, scale, sum.frames);
    std::visit(
        [&]<class Value>(const std::vector<Value>& sums) {
            Search<Value> search(sum.shape, sums, usable, context);
            const OutlierWeight weight(thresholds, transform, scale, options);
            search.list_pixels(outliers, weight);
            if (options.rule == OutlierRule::guarded && options.is_sparing_patches) search.spare(outliers, weight);
            const double frames = static_cast<double>(std::max<std::int64_t>(outliers.frames, 1));
            outliers.frame_mean = search.mean_of_good() / frames;
            search.complete_pixels(outliers, options.rule);
        },
        sum.values);
    return outliers;
}

}  // namespace mrcz
