// Frequencies of the 256 symbols of a table, out of 4096. What the entropy coder runs on.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "codec/rans/bits.hpp"
#include "simd/rans.hpp"

namespace mrcz::codec::rans {

inline constexpr std::size_t symbol_count = 256;
/// Stands for every symbol without a frequency of its own; which one follows elsewhere.
inline constexpr std::size_t rare_symbol = 254;
/// Stands for tuples with a pixel out of range; the pixels follow elsewhere.
inline constexpr std::size_t wild_symbol = 255;

using Counts = std::array<std::uint32_t, symbol_count>;

struct Frequencies {
    std::array<std::uint16_t, symbol_count> of{};  ///< those of rare and wild at least 1; sum 4096
    [[nodiscard]] bool operator==(const Frequencies&) const = default;
};

/// Costs are counted in 1/65536 bit, in integers: the choice of a table must not depend on a mathematical library.
inline constexpr unsigned cost_bits = 16;

/// Of a symbol with a frequency of 1 … 4096 (index 0 is of no use).
[[nodiscard]] const std::array<std::uint32_t, simd::rans_probability_total + 1>& symbol_costs();

/// What the counted symbols take with these frequencies, `wild_bits` for the pixels of each wild one included.
[[nodiscard]] std::uint64_t cost(const Frequencies& frequencies, const Counts& counts, unsigned wild_bits);

struct Fitted {
    Frequencies frequencies;
    std::uint64_t cost = 0;
};

/// The frequencies that make the counted symbols cheap; scarce ones are left to `rare`.
[[nodiscard]] Fitted fit(const Counts& counts, unsigned wild_bits);

void write(const Frequencies& frequencies, BitWriter& writer);
/// Throws Error{corrupt, truncated} unless the sum and the range of each hold.
[[nodiscard]] Frequencies read_frequencies(BitReader& reader);

/// As simd/rans.hpp wants them.
using DecodeTable = std::array<std::uint32_t, simd::rans_probability_total>;
using EncodeTable = std::array<std::uint32_t, symbol_count>;
void make_decode_table(const Frequencies& frequencies, DecodeTable& table);
[[nodiscard]] EncodeTable make_encode_table(const Frequencies& frequencies);

}  // namespace mrcz::codec::rans
