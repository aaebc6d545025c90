#include "codec/rans/sample.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t piece_pixels = 8192;
constexpr std::size_t most_sorted = 16384;
constexpr double enough = 0.995;

/// By one byte after another; bytes that are all equal cost a count only.
void sort_by_bytes(std::vector<std::uint32_t>& values, unsigned bytes) {
    std::vector<std::uint32_t> other(values.size());
    for (unsigned byte = 0; byte < bytes; ++byte) {
        const auto digit = [&](std::uint32_t value) { return value >> (8 * byte) & 255; };
        std::array<std::size_t, 257> place{};
        for (const std::uint32_t value : values) ++place[digit(value) + 1];
        if (place[digit(values[0]) + 1] == values.size()) continue;
        for (std::size_t k = 1; k < place.size(); ++k) place[k] += place[k - 1];
        for (const std::uint32_t value : values) other[place[digit(value)]++] = value;
        values.swap(other);
    }
}

/// Bytes have few values: those are counted.
void sort_bytes(std::vector<std::uint32_t>& values) {
    std::array<std::size_t, 256> counts{};
    for (const std::uint32_t value : values) ++counts[value];
    auto to = values.begin();
    for (std::uint32_t value = 0; value < counts.size(); ++value)
        to = std::fill_n(to, static_cast<std::ptrdiff_t>(counts[value]), value);
}

}  // namespace

Bytes sample(const FrameSetup& setup, std::span<const std::byte> frame, std::size_t pixels, std::size_t run_pixels) {
    Bytes taken;
    if (setup.pixels <= pixels) {
        taken.assign(frame.begin(), frame.end());
        return taken;
    }
    const std::size_t runs = std::max<std::size_t>(1, pixels / run_pixels);
    const std::size_t distance = setup.pixels / runs;
    const std::size_t count = std::min(run_pixels, distance);
    const std::size_t before = (distance - count) / 2;  // the edges of a detector are not like the rest
    taken.reserve((runs * count) << setup.kind.log2_bytes);
    for (std::size_t run = 0; run < runs; ++run)
        append(taken,
               frame.subspan((run * distance + before) << setup.kind.log2_bytes, count << setup.kind.log2_bytes));
    return taken;
}

Counts count_symbols(const FrameSetup& setup, const Coding& coding, std::span<const std::byte> pixels) {
    const PixelKind& kind = setup.kind;
    const auto& kernels = *setup.kernels;
    std::vector<std::byte> values(piece_pixels + 4), tuples(piece_pixels);
    Counts counts{};
    for (std::size_t first = 0; first < pixels.size() >> kind.log2_bytes; first += piece_pixels) {
        const std::size_t count = std::min(piece_pixels, (pixels.size() >> kind.log2_bytes) - first);
        kernels.reduce[kind.log2_bytes](&pixels[first << kind.log2_bytes], values.data(), count, coding.origin,
                                        coding.shift);
        const std::size_t symbols = coding.symbols_of(count);
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(count),
                  values.begin() + static_cast<std::ptrdiff_t>(symbols * coding.tuple), std::byte{0});
        const std::byte* made = values.data();
        if (coding.tuple == 4) kernels.pack_quads(values.data(), tuples.data(), symbols);
        if (coding.tuple == 2) kernels.pack_pairs(values.data(), tuples.data(), symbols);
        if (coding.tuple != 1) made = tuples.data();
        kernels.count_bytes(made, symbols, counts.data());
    }
    return counts;
}

unsigned wild_bits(const FrameSetup& setup, const Coding& coding, std::span<const std::byte> pixels) {
    if (coding.tuple == 1) return static_cast<unsigned>(coding.wild_bits(setup.kind, 1));
    Coding alone = coding;
    alone.tuple = 1;
    const Counts values = count_symbols(setup, alone, pixels), tuples = count_symbols(setup, coding, pixels);
    const auto outside = std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(coding.recorded_values()),
                                         values.end(), std::uint64_t{0});
    const double tuple_count = std::max<double>(tuples[wild_symbol], 1);
    return static_cast<unsigned>(coding.wild_bits(setup.kind, static_cast<double>(outside) / tuple_count));
}

RangeFinder::RangeFinder(const PixelKind& kind, std::span<const std::byte> pixels) : kind_(kind) {
    const std::size_t count = pixels.size() >> kind.log2_bytes;
    const std::size_t step = (count + most_sorted - 1) / most_sorted;
    sorted_.reserve(most_sorted);
    for (std::size_t at = 0; at < count; at += step)
        sorted_.push_back(load_pixel(kind, &pixels[at << kind.log2_bytes]) ^ kind.sign_bit);
    if (kind.bytes() == 1)
        sort_bytes(sorted_);
    else
        sort_by_bytes(sorted_, static_cast<unsigned>(kind.bytes()));
}

RangeFinder::Range RangeFinder::find(unsigned tuple) const {
    Range range = find(tuple, 0);
    if (tuple == 1)
        for (unsigned shift = 1; shift <= 8 && range.covered < enough; ++shift) range = find(tuple, shift);
    return range;
}

RangeFinder::Range RangeFinder::find(unsigned tuple, unsigned shift) const {
    Range range{{tuple, shift, 0}, 0};
    const std::uint64_t width = std::uint64_t{range.coding.values()} << shift;
    std::size_t most = 0, best = 0, end = 0;
    for (std::size_t first = 0; first < sorted_.size() && most < sorted_.size() - first; ++first) {
        while (end < sorted_.size() && sorted_[end] < sorted_[first] + width) ++end;
        if (end - first <= most) continue;
        most = end - first;
        best = first;
    }
    range.covered = static_cast<double>(most) / static_cast<double>(sorted_.size());
    // Values beyond those sampled are as likely below as above, unless zero is a floor.
    const std::uint64_t lowest = sorted_[best], highest = sorted_[best + most - 1];
    const std::uint64_t slack = width - 1 - (highest - lowest), zero = kind_.sign_bit;
    std::uint64_t origin = lowest > slack / 2 ? lowest - slack / 2 : 0;
    if (zero <= lowest && zero + slack >= lowest && zero + width > highest) origin = zero;
    range.coding.origin = (static_cast<std::uint32_t>(origin) ^ kind_.sign_bit) & kind_.mask();
    return range;
}

}  // namespace mrcz::codec::rans
