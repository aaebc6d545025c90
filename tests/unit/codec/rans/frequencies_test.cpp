#include "codec/rans/frequencies.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"

namespace mrcz::codec::rans {
namespace {

std::vector<Counts> trials() {
    std::vector<Counts> all(8);
    all[1][17] = 5;                         // one symbol
    all[2][wild_symbol] = 9;                // nothing but pixels out of range
    all[3].fill(1);                         // all alike
    all[4].fill(UINT32_MAX);                // the most there can be
    all[5][3] = UINT32_MAX, all[5][4] = 1;  // as steep as can be
    kit::Counts random(3);
    for (std::uint32_t& count : all[6]) count = static_cast<std::uint32_t>(random.index(1000));
    for (std::size_t symbol = 0; symbol < 64; ++symbol) all[7][symbol] = 1u << (31 - symbol / 2);
    return all;
}

TEST(Frequencies, AddUpTo4096AndKeepRoomForEscapes) {
    for (const Counts& counts : trials()) {
        const Frequencies fitted = fit(counts, 16).frequencies;
        EXPECT_EQ(std::accumulate(fitted.of.begin(), fitted.of.end(), 0u), simd::rans_probability_total);
        EXPECT_GE(fitted.of[rare_symbol], 1);
        EXPECT_GE(fitted.of[wild_symbol], 1);
    }
}

TEST(Frequencies, ComeBackFromTheirBits) {
    for (const Counts& counts : trials()) {
        const Frequencies fitted = fit(counts, 16).frequencies;
        Bytes bytes;
        BitWriter writer(bytes);
        write(fitted, writer);
        BitReader reader(bytes, "table");
        EXPECT_EQ(read_frequencies(reader), fitted);
        EXPECT_EQ(reader.used_bytes(), bytes.size());
    }
}

TEST(Frequencies, CostIsTheLogarithmOfTheShare) {
    for (std::uint32_t frequency = 1; frequency <= 4096; ++frequency)
        EXPECT_NEAR(symbol_costs()[frequency] / 65536.0, std::log2(4096.0 / frequency), 2.0 / 65536) << frequency;
}

TEST(Frequencies, FittedOnesTakeHardlyMoreThanTheEntropy) {
    Counts counts{};
    kit::Counts random(4);
    constexpr unsigned symbols = 1 << 18;
    for (unsigned k = 0; k < symbols; ++k) ++counts[static_cast<std::size_t>(random.poisson(20))];
    double entropy = 0;
    for (const std::uint32_t count : counts)
        if (count != 0) entropy -= count * std::log2(count / static_cast<double>(symbols));
    EXPECT_LT(static_cast<double>(fit(counts, 16).cost) / 65536, 1.003 * entropy);
}

Bytes bits_of(const std::vector<std::uint64_t>& numbers) {
    Bytes bytes;
    BitWriter writer(bytes);
    for (const std::uint64_t number : numbers) writer.number(number);
    return bytes;
}

TEST(Frequencies, WrongSumsRunsAndMissingEscapesAreRefused) {
    const std::vector<std::vector<std::uint64_t>> wrong{
        {4094, 0, 252, 1, 2},      // adds up to 4097
        {4094, 0, 252, 1},         // ends early
        {4094, 2, 0, 253},         // no escapes
        {4096, 0, 252, 1, 1},      // more than there are
        {4094, 0, 300, 1, 1},      // a run over the end
        {std::uint64_t{1} << 45},  // no number of this kind
    };
    for (const auto& numbers : wrong) {
        const Bytes bytes = bits_of(numbers);
        BitReader reader(bytes, "table");
        EXPECT_THROW((void)read_frequencies(reader), Error);
    }
    const Bytes right = bits_of({4094, 0, 252, 1, 1});
    BitReader reader(right, "table");
    EXPECT_EQ(read_frequencies(reader).of[0], 4094);
}

}  // namespace
}  // namespace mrcz::codec::rans
