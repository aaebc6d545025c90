#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/ordered_pipeline.hpp"
#include "process/image_values.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t box_side = 64;    // equation 10
constexpr std::int64_t band_rows = 256;  // of box means a task; fixed, so that sums do not depend on the threads
constexpr double least_gamma = 0.2, most_gamma = 2.5, gamma_tolerance = 1e-4;

std::int64_t side_within(std::int64_t pixels) { return std::min(box_side, std::max<std::int64_t>(1, pixels / 2)); }

struct Moments {
    double count = 0, total = 0, squares = 0;

    void add(double value) {
        count += 1;
        total += value;
        squares += value * value;
    }
    void add(const Moments& other) {
        count += other.count;
        total += other.total;
        squares += other.squares;
    }
};

/// Sums over the pixels of a column that are within the box's rows, and how many of them are good.
struct Column {
    double total = 0, good = 0;
};

/// How uneven flat * gain^gamma is, for any gamma.
class Unevenness {
  public:
    Unevenness(const SumImage& flat, const GainReference& gain, const RunContext& context)
        : shape_(flat.shape), box_{side_within(shape_.nx), side_within(shape_.ny)}, context_(context) {
        flat_ = process::with_values(
            flat, [](const auto& numbers) { return std::vector<float>(numbers.begin(), numbers.end()); });
        logarithms_.reserve(flat_.size());
        for (std::size_t pixel = 0; pixel < flat_.size(); ++pixel) {
            const bool is_good = gain.bad[pixel] == 0 && std::isfinite(flat_[pixel]);
            logarithms_.push_back(is_good ? std::log(gain.factors.values[pixel]) : bad_logarithm);
        }
        corrected_.resize(flat_.size());
    }

    /// Standard deviation of the box means over the mean.
    [[nodiscard]] double at(double gamma) {
        for_bands(shape_.ny, [&](std::int64_t, std::int64_t first, std::int64_t end) { correct(gamma, first, end); });
        const std::int64_t rows = shape_.ny - box_.ny + 1;
        std::vector<Moments> bands(static_cast<std::size_t>((rows + band_rows - 1) / band_rows));
        for_bands(rows, [&](std::int64_t band, std::int64_t first, std::int64_t end) {
            bands[static_cast<std::size_t>(band)] = moments_of(first, end);
        });
        Moments all;
        for (const Moments& band : bands) all.add(band);
        const double mean = all.total / all.count;
        if (!(mean > 0))
            fail(ErrorCode::invalid_argument, "gamma: the flat field holds no counts where the gain is good");
        return std::sqrt(std::max(0.0, all.squares / all.count - mean * mean)) / mean;
    }

  private:
    static constexpr float bad_logarithm = std::numeric_limits<float>::infinity();

    template <class Body>
    void for_bands(std::int64_t rows, const Body& body) const {
        run_parallel((rows + band_rows - 1) / band_rows,
                     [&](std::int64_t band) { body(band, band * band_rows, std::min(rows, (band + 1) * band_rows)); },
                     context_);
    }

    [[nodiscard]] std::size_t index(std::int64_t x, std::int64_t y) const {
        return static_cast<std::size_t>(y * shape_.nx + x);
    }

    void correct(double gamma, std::int64_t first_row, std::int64_t end_row) {
        for (std::size_t pixel = index(0, first_row); pixel < index(0, end_row); ++pixel)
            corrected_[pixel] = logarithms_[pixel] == bad_logarithm
                                    ? 0
                                    : flat_[pixel] * static_cast<float>(std::exp(gamma * logarithms_[pixel]));
    }

    void enter(std::vector<Column>& columns, std::int64_t row, double sign) const {
        for (std::int64_t x = 0; x < shape_.nx; ++x) {
            const std::size_t pixel = index(x, row);
            columns[static_cast<std::size_t>(x)].total += sign * corrected_[pixel];
            columns[static_cast<std::size_t>(x)].good += logarithms_[pixel] == bad_logarithm ? 0 : sign;
        }
    }

    /// Of the means of all boxes whose first row is one of these.
    [[nodiscard]] Moments moments_of(std::int64_t first_row, std::int64_t end_row) const {
        std::vector<Column> columns(static_cast<std::size_t>(shape_.nx));
        for (std::int64_t row = first_row; row < first_row + box_.ny - 1; ++row) enter(columns, row, 1);
        Moments moments;
        for (std::int64_t row = first_row; row < end_row; ++row) {
            enter(columns, row + box_.ny - 1, 1);
            add_row(columns, moments);
            enter(columns, row, -1);
        }
        return moments;
    }

    void add_row(const std::vector<Column>& columns, Moments& moments) const {
        const auto width = static_cast<std::size_t>(box_.nx);
        Column box;
        for (std::size_t x = 0; x < columns.size(); ++x) {
            box.total += columns[x].total;
            box.good += columns[x].good;
            if (x + 1 < width) continue;
            if (box.good > 0) moments.add(box.total / box.good);
            box.total -= columns[x + 1 - width].total;
            box.good -= columns[x + 1 - width].good;
        }
    }

    ImageShape shape_;
    ImageShape box_;
    const RunContext& context_;
    std::vector<float> flat_;
    std::vector<float> logarithms_;  // of the gain; bad_logarithm where a pixel does not count
    std::vector<float> corrected_;
};

/// Where `function` is least between two ends, if it falls and then rises: golden section.
template <class Function>
double least_between(double low, double high, double tolerance, const Function& function) {
    const double share = 1 / std::numbers::phi;
    double left = high - share * (high - low), right = low + share * (high - low);
    double at_left = function(left), at_right = function(right);
    while (high - low > tolerance) {
        if (at_left <= at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - share * (high - low);
            at_left = function(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + share * (high - low);
            at_right = function(right);
        }
    }
    return (low + high) / 2;
}

}  // namespace

double find_gamma(const SumImage& flat, const GainReference& gain, const RunContext& context) {
    process::require_fit(flat.shape, gain.factors.shape, "gain reference");
    Unevenness unevenness(flat, gain, context);
    return least_between(least_gamma, most_gamma, gamma_tolerance, [&](double gamma) { return unevenness.at(gamma); });
}

}  // namespace mrcz
