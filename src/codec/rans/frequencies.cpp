#include "codec/rans/frequencies.hpp"

#include <algorithm>
#include <numeric>

#include "base/log2.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::uint32_t total = simd::rans_probability_total;
constexpr std::uint32_t largest_frequency = total - 2;

/// log2(total / frequency) in 1/65536.
std::uint32_t cost_of_frequency(std::uint32_t frequency) {
    static_assert(cost_bits == log2_bits);
    return (simd::rans_probability_bits << cost_bits) - fixed_log2(frequency);
}

/// Those that are never left out.
constexpr bool is_needed(std::size_t symbol) { return symbol == rare_symbol || symbol == wild_symbol; }

/// Symbols that occur at least `share` / 4 times in 4096 keep a frequency; the others count as rare.
Frequencies rounded(const Counts& counts, std::uint64_t sum, std::uint64_t share,
                    std::array<std::uint64_t, 256>& kept) {
    Frequencies frequencies;
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
        const bool stays = symbol == wild_symbol ||
                           (symbol != rare_symbol && counts[symbol] * std::uint64_t{total} * 4 >= share * sum);
        kept[stays ? symbol : rare_symbol] += counts[symbol];
    }
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
        if (kept[symbol] == 0 && !is_needed(symbol)) continue;
        const std::uint64_t nearest = (kept[symbol] * total + sum / 2) / sum;
        frequencies.of[symbol] = static_cast<std::uint16_t>(std::clamp<std::uint64_t>(nearest, 1, largest_frequency));
    }
    return frequencies;
}

/// Gives or takes single units where that gains most or costs least, until the sum holds.
void settle_sum(Frequencies& frequencies, const std::array<std::uint64_t, 256>& kept) {
    const auto& costs = symbol_costs();
    auto sum = std::accumulate(frequencies.of.begin(), frequencies.of.end(), std::uint32_t{0});
    for (; sum != total; sum += sum < total ? 1 : -1u) {
        const bool grow = sum < total;
        std::size_t best = symbol_count;
        std::uint64_t best_change = 0;
        for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
            const unsigned now = frequencies.of[symbol];
            if (now == 0 || (grow ? now == largest_frequency : now == 1)) continue;
            const unsigned lower = grow ? now : now - 1;
            const std::uint64_t change = kept[symbol] * (costs[lower] - costs[lower + 1]);
            if (best != symbol_count && (grow ? change <= best_change : change >= best_change)) continue;
            best = symbol;
            best_change = change;
        }
        if (best == symbol_count) {  // a single symbol cannot have all: what is left over goes to another
            best = frequencies.of[0] == 0 ? 0 : 1;
            frequencies.of[best] = 0;
        }
        frequencies.of[best] = static_cast<std::uint16_t>(frequencies.of[best] + (grow ? 1 : -1));
    }
}

}  // namespace

const std::array<std::uint32_t, simd::rans_probability_total + 1>& symbol_costs() {
    static const auto costs = [] {
        std::array<std::uint32_t, total + 1> made{};
        for (std::uint32_t frequency = 1; frequency <= total; ++frequency)
            made[frequency] = cost_of_frequency(frequency);
        return made;
    }();
    return costs;
}

std::uint64_t cost(const Frequencies& frequencies, const Counts& counts, unsigned wild_bits) {
    constexpr std::uint64_t byte = std::uint64_t{8} << cost_bits;
    const auto& costs = symbol_costs();
    const std::uint64_t rare = costs[frequencies.of[rare_symbol]] + byte;
    std::uint64_t sum = counts[wild_symbol] * (std::uint64_t{wild_bits} << cost_bits);
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
        const bool is_rare = symbol == rare_symbol || frequencies.of[symbol] == 0;
        sum += counts[symbol] * (is_rare ? rare : costs[frequencies.of[symbol]]);
    }
    return sum;
}

Fitted fit(const Counts& counts, unsigned wild_bits) {
    const std::uint64_t sum = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    Fitted best;
    if (sum == 0) {
        best.frequencies.of[0] = largest_frequency;
        best.frequencies.of[rare_symbol] = best.frequencies.of[wild_symbol] = 1;
        return best;
    }
    for (const std::uint64_t share : {1u, 2u, 4u, 8u}) {
        std::array<std::uint64_t, symbol_count> kept{};
        Fitted tried{rounded(counts, sum, share, kept), 0};
        settle_sum(tried.frequencies, kept);
        tried.cost = cost(tried.frequencies, counts, wild_bits);
        if (share == 1 || tried.cost < best.cost) best = tried;
    }
    return best;
}

void write(const Frequencies& frequencies, BitWriter& writer) {
    for (std::size_t symbol = 0; symbol < symbol_count;) {
        if (frequencies.of[symbol] != 0) {
            writer.number(frequencies.of[symbol++]);
            continue;
        }
        const std::size_t first = symbol;
        while (symbol < symbol_count && frequencies.of[symbol] == 0) ++symbol;
        writer.number(0);
        writer.number(symbol - first - 1);
    }
}

Frequencies read_frequencies(BitReader& reader) {
    Frequencies frequencies;
    std::uint64_t sum = 0;
    for (std::size_t symbol = 0; symbol < symbol_count;) {
        const std::uint64_t frequency = reader.number(largest_frequency, "frequency");
        if (frequency == 0) {
            symbol += 1 + reader.number(symbol_count - 1 - symbol, "symbols without a frequency, less one,");
        } else {
            frequencies.of[symbol++] = static_cast<std::uint16_t>(frequency);
            sum += frequency;
        }
    }
    if (sum != total) fail(ErrorCode::corrupt, "table: frequencies add up to ", sum, ", not ", total);
    if (frequencies.of[rare_symbol] == 0 || frequencies.of[wild_symbol] == 0)
        fail(ErrorCode::corrupt, "table: symbols 254 and 255, the escapes, need frequencies");
    return frequencies;
}

void make_decode_table(const Frequencies& frequencies, DecodeTable& table) {
    std::size_t slot = 0;
    for (std::uint32_t symbol = 0; symbol < symbol_count; ++symbol) {
        const std::uint32_t frequency = frequencies.of[symbol];
        const std::uint32_t entry = frequency << simd::rans_decode_frequency_shift | symbol;
        for (std::uint32_t place = 0; place < frequency; ++place)
            table[slot++] = entry | place << simd::rans_decode_place_shift;
    }
}

EncodeTable make_encode_table(const Frequencies& frequencies) {
    EncodeTable table{};
    std::uint32_t start = 0;
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
        const std::uint32_t frequency = frequencies.of[symbol];
        table[symbol] = frequency << simd::rans_encode_frequency_shift | start;
        start += frequency;
    }
    const std::uint32_t rare = table[rare_symbol] | simd::rans_escapes;
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol)
        if (frequencies.of[symbol] == 0 || symbol == rare_symbol) table[symbol] = rare;
    return table;
}

}  // namespace mrcz::codec::rans
