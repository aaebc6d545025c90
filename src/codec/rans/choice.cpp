#include <cstring>

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

Plan constant_plan(const FrameSetup& setup, std::span<const std::byte> frame) {
    Plan plan;
    plan.row = &row_of(Mode::constant);
    plan.pixel = load_pixel(setup.kind, frame.data());
    plan.bytes = 8;
    return plan;
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

/// Bytes that the other codec takes, estimated from so many.
std::uint64_t fallback_bytes(const FrameSetup& setup, std::span<const std::byte> frame, std::size_t tried_bytes) {
    const std::size_t tried_pixels = tried_bytes >> setup.kind.log2_bytes;
    const Bytes tried = sample(setup, frame, tried_pixels, tried_pixels / trial_runs);
    Bytes coded(tried.size());
    const std::size_t size = setup.fallback->encode(tried, coded);
    if (size == 0) return UINT64_MAX;
    return static_cast<std::uint64_t>(static_cast<double>(size) * static_cast<double>(frame.size()) /
                                      static_cast<double>(tried.size()));
}

/// A short trial tells whether a long one is worth its time.
bool fallback_is_smaller(const FrameSetup& setup, std::span<const std::byte> frame, std::uint64_t bytes) {
    constexpr std::size_t first_bytes = std::size_t{1} << 16, then_bytes = std::size_t{1} << 20;
    if (setup.fallback == nullptr) return false;
    if (fallback_bytes(setup, frame, first_bytes) > bytes + bytes / 16) return false;
    return fallback_bytes(setup, frame, then_bytes) < bytes;
}

}  // namespace

unsigned lanes_for(std::uint64_t stream_bytes) noexcept {
    return stream_bytes < stream_for_32 ? 16 : stream_bytes < stream_for_64 ? 32 : 64;
}

Plan choose_plan(const FrameSetup& setup, std::span<const std::byte> frame) {
    constexpr std::size_t worth_it = 8;
    if (frame.size() > worth_it && is_constant(setup, frame)) return constant_plan(setup, frame);
    const Bytes look = sample(setup, frame, first_look_pixels, first_look_run);
    Plan best = tuple_plan(setup, look, frame);
    if (auto plan = palette_plan(setup, look, frame); plan && plan->bytes < best.bytes) best = std::move(*plan);
    if (best.bytes >= frame.size()) best = plan_of(Mode::raw, frame.size(), setup);
    if (fallback_is_smaller(setup, frame, best.bytes)) best = plan_of(Mode::fallback, best.bytes - 1, setup);
    return best;
}

}  // namespace mrcz::codec::rans
