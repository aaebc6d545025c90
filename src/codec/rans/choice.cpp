#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "codec/rans/palette.hpp"
#include "codec/rans/pixels.hpp"
#include "codec/rans/plan.hpp"
#include "codec/rans/sample.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t first_look_pixels = std::size_t{1} << 15, first_look_run = 1024;
constexpr std::size_t table_share = 64;  // one pixel in so many goes into a table
constexpr std::size_t table_run = 8192;
/// What a faster mode may cost more, in 1/1000: its tables are coarser, its speed twice that of the next.
constexpr std::uint64_t speed_worth = 4;
constexpr std::uint64_t stream_for_32 = std::uint64_t{32} << 10, stream_for_64 = std::uint64_t{48} << 10;

struct Candidate {
    Mode mode;
    Coding coding;
    std::uint64_t bytes;
    unsigned wild_bits;
};

std::uint64_t scaled(std::uint64_t cost, std::size_t sampled, std::size_t pixels) {
    const double bits = static_cast<double>(cost >> cost_bits) * static_cast<double>(pixels);
    return static_cast<std::uint64_t>(bits / static_cast<double>(sampled) / 8);
}

std::uint64_t table_bytes(const Table& table) {
    Bytes bytes;
    BitWriter writer(bytes);
    write(table, writer);
    return bytes.size() + 2;
}

struct Estimate {
    Table table;
    std::uint64_t bytes;
};

Estimate estimate(const FrameSetup& setup, const Coding& coding, std::span<const std::byte> pixels, unsigned wild) {
    const std::size_t sampled = pixels.size() >> setup.kind.log2_bytes;
    const Fitted fitted = fit(count_symbols(setup, coding, pixels), wild);
    const std::uint64_t lows = (std::uint64_t{coding.shift} << cost_bits) * sampled;
    Estimate made{{coding, fitted.frequencies}, scaled(fitted.cost + lows, sampled, setup.pixels)};
    made.bytes += table_bytes(made.table) + 128 * setup.block_count();
    return made;
}

bool is_constant(const FrameSetup& setup, std::span<const std::byte> frame) {
    const std::size_t pixel = setup.kind.bytes();
    return std::memcmp(frame.data(), frame.data() + pixel, frame.size() - pixel) == 0;
}

Plan plan_of(Mode mode, std::uint64_t bytes, const FrameSetup& setup) {
    Plan plan;
    plan.row = &row_of(mode);
    plan.bytes = bytes;
    plan.lanes = lanes_for(bytes / setup.block_count());
    return plan;
}

struct TupleMode {
    Mode mode;
    unsigned tuple;
};
constexpr TupleMode tuple_modes[] = {{Mode::quad, 4}, {Mode::pair, 2}, {Mode::single, 1}};  // the fastest first

Plan tuple_plan(const FrameSetup& setup, std::span<const std::byte> look, std::span<const std::byte> frame) {
    const RangeFinder finder(setup.kind, look);
    std::optional<Candidate> best;
    for (const auto& [mode, tuple] : tuple_modes) {
        const auto range = finder.find(tuple);
        constexpr double worth_trying = 0.9;
        if (tuple != 1 && range.covered < worth_trying) continue;
        const unsigned wild = wild_bits(setup, range.coding, look);
        const std::uint64_t bytes = estimate(setup, range.coding, look, wild).bytes;
        if (!best || bytes + best->bytes * speed_worth / 1000 < best->bytes) best = {mode, range.coding, bytes, wild};
    }
    const std::size_t table_pixels = std::max(first_look_pixels * 8, setup.pixels / table_share);
    const Bytes more = sample(setup, frame, table_pixels, table_run);
    const Estimate settled = estimate(setup, best->coding, more, best->wild_bits);
    Plan plan = plan_of(best->mode, settled.bytes, setup);
    plan.table = settled.table;
    return plan;
}

std::optional<Plan> palette_plan(const FrameSetup& setup, std::span<const std::byte> look,
                                 std::span<const std::byte> frame) {
    if (!setup.takes_palettes) return std::nullopt;
    Plan plan = plan_of(Mode::palette, 0, setup);
    plan.palette = find_palette(setup, look, frame);
    if (plan.palette.empty()) return std::nullopt;
    Bytes numbers(look.size() >> setup.kind.log2_bytes);
    number_pixels(setup.kind, plan.palette, look, numbers);
    FrameSetup of_numbers = setup_of_numbers(setup);
    of_numbers.pixels = numbers.size();
    const std::uint64_t bytes = tuple_plan(of_numbers, numbers, numbers).bytes;
    plan.bytes = bytes * setup.pixels / numbers.size() + (plan.palette.size() << setup.kind.log2_bytes);
    return plan;
}

/// A trial is spread over the frame: beam, background and gaps of a detector differ.
constexpr std::size_t trial_runs = 8;

struct Trial {
    std::size_t tried_bytes;
    std::uint64_t unsure;            ///< how far off its estimate may be: one part in so many
    std::uint64_t unsure_of_pieces;  ///< the same where it would fall with size
};

/// Whether a trial tells that the other codec takes more than `bytes`.
bool is_beaten(const FrameSetup& setup, std::span<const std::byte> frame, std::uint64_t bytes, const Trial& trial,
               bool quickly) {
    const std::size_t tried_pixels = trial.tried_bytes >> setup.kind.log2_bytes;
    const Bytes tried = sample(setup, frame, tried_pixels, tried_pixels / trial_runs);
    const auto estimate = setup.fallback->estimate(tried, quickly);
    const auto estimated = static_cast<std::uint64_t>(
        static_cast<double>(estimate.bytes) * static_cast<double>(frame.size()) / static_cast<double>(tried.size()));
    return estimated > bytes + bytes / (estimate.falls_with_size ? trial.unsure_of_pieces : trial.unsure);
}

/// Nothing where that is not smaller than the frame.
std::optional<Bytes> coded_by_fallback(const FrameSetup& setup, std::span<const std::byte> frame) {
    Bytes coded(frame.size() - 1);
    coded.resize(setup.fallback->encode(frame, coded));
    return coded.empty() ? std::nullopt : std::optional(std::move(coded));
}

template <class Number>
Number quantile(std::vector<Number>& values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

/// Spots and hot pixels are above; they say nothing of the part they are in.
double usual_most(const std::vector<double>& values) {
    constexpr std::size_t looked_at = 1024;
    std::vector<double> some;
    for (std::size_t k = 0; k < values.size(); k += 1 + values.size() / looked_at) some.push_back(values[k]);
    const double quarter = quantile(some, 0.25), three = quantile(some, 0.75);
    return three + 4 * (three - quarter + 1);
}

/// Of term(value), over a run. In eight sums that need not wait for each other.
template <class Term>
double mean_of_run(const double* values, Term&& term) {
    constexpr std::size_t sums = 8;
    double part[sums] = {};
    for (std::size_t k = 0; k < first_look_run; k += sums)
        for (std::size_t sum = 0; sum < sums; ++sum) part[sum] += term(values[k + sum]);
    return std::accumulate(part, part + sums, 0.0) / first_look_run;
}

/// Whether the means of parts of an image differ by more than a quarter of what the pixels of one part do. Counts of a
/// camera do not; diffraction patterns do, and of those a short trial tells little.
bool parts_differ(const PixelKind& kind, std::span<const std::byte> look) {
    std::vector<double> values(look.size() >> kind.log2_bytes), means, deviations;
    if (values.size() < first_look_run) return false;
    with_word(kind, [&](auto word) {
        using Word = decltype(word);
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = static_cast<double>(load_le<Word>(&look[k * sizeof(Word)]) ^ kind.sign_bit);
    });
    const double most = usual_most(values);
    for (double& value : values) value = value < most ? value : most;
    for (std::size_t first = 0; first + first_look_run <= values.size(); first += first_look_run) {
        const double mean = mean_of_run(&values[first], [](double value) { return value; });
        means.push_back(mean);
        deviations.push_back(mean_of_run(&values[first], [&](double value) { return std::abs(value - mean); }));
    }
    return quantile(means, 0.75) - quantile(means, 0.25) > quantile(deviations, 0.5) / 4;
}

/// The other codec's chunk, unless trials tell that it is larger than `bytes`.
std::optional<Bytes> find_rival(const FrameSetup& setup, std::span<const std::byte> look,
                                std::span<const std::byte> frame, std::uint64_t bytes) {
    constexpr std::size_t first = std::size_t{1} << 16, then = std::size_t{1} << 18, last = std::size_t{1} << 20;
    constexpr Trial of_counts[] = {{first, 16, 16}, {then, 100, 16}, {last, 200, 200}},
                    of_images[] = {{first, 4, 4}, {last, 8, 8}};
    if (setup.fallback == nullptr) return std::nullopt;
    const bool is_image = parts_differ(setup.kind, look);
    using Trials = std::span<const Trial>;
    for (const Trial& trial : is_image ? Trials(of_images) : Trials(of_counts)) {
        if (is_beaten(setup, frame, bytes, trial, !is_image)) return std::nullopt;
        if (trial.tried_bytes >= frame.size()) break;
    }
    return coded_by_fallback(setup, frame);
}

}  // namespace

std::optional<Plan> plan_constant(const FrameSetup& setup, std::span<const std::byte> frame) {
    constexpr std::size_t payload_bytes = 8;
    if (frame.size() <= payload_bytes || !is_constant(setup, frame)) return std::nullopt;
    Plan plan;
    plan.row = &row_of(Mode::constant);
    plan.pixel = load_pixel(setup.kind, frame.data());
    plan.bytes = payload_bytes;
    return plan;
}

Plan plan_fallback(Bytes coded) {
    Plan plan;
    plan.row = &row_of(Mode::fallback);
    plan.bytes = coded.size();
    plan.rival = std::move(coded);
    return plan;
}

unsigned lanes_for(std::uint64_t stream_bytes) noexcept {
    return stream_bytes < stream_for_32 ? 16 : stream_bytes < stream_for_64 ? 32 : 64;
}

Plan choose_plan(const FrameSetup& setup, std::span<const std::byte> frame) {
    if (auto plan = plan_constant(setup, frame)) return std::move(*plan);
    const Bytes look = sample(setup, frame, first_look_pixels, first_look_run);
    Plan best = tuple_plan(setup, look, frame);
    if (auto plan = palette_plan(setup, look, frame); plan && plan->bytes < best.bytes) best = std::move(*plan);
    if (best.bytes >= frame.size()) best = plan_of(Mode::raw, frame.size(), setup);
    auto rival = find_rival(setup, look, frame, best.bytes);
    if (rival && rival->size() < best.bytes) return plan_fallback(std::move(*rival));
    best.rival = std::move(rival);
    return best;
}

}  // namespace mrcz::codec::rans
