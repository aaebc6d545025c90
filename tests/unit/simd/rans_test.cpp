#include "simd/rans.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <numeric>
#include <vector>

#include "kit/counts.hpp"
#include "levels.hpp"

namespace mrcz::simd {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t size, unsigned below, std::uint64_t seed) {
    kit::Counts counts(seed);
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(counts.index(below));
    return bytes;
}

/// A table where symbol s of `frequencies` has a frequency, the rest escape as symbol 254.
struct Tables {
    std::array<std::uint32_t, 256> encode{};
    std::array<std::uint32_t, rans_probability_total> decode{};

    explicit Tables(const std::array<std::uint32_t, 256>& frequencies) {
        std::uint32_t start = 0;
        for (std::uint32_t symbol = 0; symbol < 256; ++symbol) {
            const std::uint32_t frequency = frequencies[symbol];
            encode[symbol] = frequency << rans_encode_frequency_shift | start;
            for (std::uint32_t place = 0; place < frequency; ++place)
                decode[start++] = frequency << rans_decode_frequency_shift | place << rans_decode_place_shift | symbol;
        }
        for (std::uint32_t symbol = 0; symbol < 256; ++symbol)
            if (frequencies[symbol] == 0) encode[symbol] = encode[254] | rans_escapes;
    }
};

std::array<std::uint32_t, 256> steep() {
    std::array<std::uint32_t, 256> frequencies{};
    frequencies[0] = 4088;
    for (const std::size_t symbol : {1, 2, 3, 7, 100, 253, 254, 255}) frequencies[symbol] = 1;
    return frequencies;
}
std::array<std::uint32_t, 256> flat() {
    std::array<std::uint32_t, 256> frequencies{};
    frequencies.fill(16);
    return frequencies;
}
std::array<std::uint32_t, 256> uneven() {
    std::array<std::uint32_t, 256> frequencies{};
    std::uint32_t left = 4096 - 2;
    for (std::size_t symbol = 0; left > 0; ++symbol) {
        frequencies[symbol] = (left + 2) / 3;
        left -= frequencies[symbol];
    }
    frequencies[254] = frequencies[255] = 1;
    return frequencies;
}

struct Coded {
    std::vector<std::uint32_t> states;
    Bytes words, escapes;
    bool operator==(const Coded&) const = default;
};

Coded encode(const RansKernels& kernels, std::size_t lanes, const Tables& tables, const Bytes& symbols) {
    Coded coded;
    coded.states.assign(lanes, rans_low);
    coded.words.resize(2 * symbols.size() + 32);
    coded.escapes.resize(symbols.size());
    RansWriter writer{coded.words.data(), coded.escapes.data()};
    kernels.encode(coded.states.data(), lanes, tables.encode.data(), symbols.data(), symbols.size(), &writer);
    coded.words.resize(static_cast<std::size_t>(writer.words - coded.words.data()));
    coded.escapes.resize(static_cast<std::size_t>(writer.escapes - coded.escapes.data()));
    return coded;
}

TEST(RansKernels, EveryLevelMakesTheSameWordsStatesAndEscapes) {
    for (const auto& frequencies : {steep(), flat(), uneven()}) {
        const Tables tables(frequencies);
        for (const std::size_t lanes : {16u, 32u, 64u})
            for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 63u, 64u, 65u, 1000u, 10007u}) {
                for (const unsigned below : {1u, 4u, 256u}) {
                    const Bytes symbols = random_bytes(size, below, size + below);
                    const Coded plain = encode(rans_kernels(Level::scalar), lanes, tables, symbols);
                    for (const Level level : levels())
                        EXPECT_EQ(encode(rans_kernels(level), lanes, tables, symbols), plain)
                            << kernels(level).name << ", " << lanes << " lanes, " << size << " symbols below " << below;
                }
            }
    }
}

TEST(RansKernels, EveryLevelDecodesWholeRoundsAndLeavesTheSameStates) {
    const Tables tables(uneven());
    for (const std::size_t lanes : {16u, 32u, 64u}) {
        Bytes symbols = random_bytes(64 * 50, 8, lanes);
        const Coded coded = encode(rans_kernels(Level::scalar), lanes, tables, symbols);
        ASSERT_TRUE(coded.escapes.empty());
        Bytes words(coded.words.size() + 2 * lanes);
        rans_kernels(Level::scalar).reverse_words(coded.words.data(), words.data(), coded.words.size() / 2);
        for (const Level level : levels()) {
            std::vector<std::uint32_t> states = coded.states;
            Bytes back(symbols.size());
            RansReader reader{words.data(), words.data() + coded.words.size()};
            EXPECT_EQ(rans_kernels(level).decode(states.data(), lanes, tables.decode.data(), &reader, back.data(),
                                                 back.size()),
                      back.size());
            EXPECT_EQ(back, symbols) << kernels(level).name;
            EXPECT_EQ(reader.next, reader.limit);
            EXPECT_EQ(states, std::vector<std::uint32_t>(lanes, rans_low));
        }
    }
}

/// A coded stream, and one symbol after another of it.
struct Stream {
    Tables tables;
    std::vector<std::uint32_t> states;
    Bytes symbols, words, back;
    RansReader reader;

    Stream(const Tables& with, std::size_t lanes, std::size_t size, std::uint64_t seed)
        : tables(with), symbols(random_bytes(size, 8, seed)), back(size) {
        const Coded coded = encode(rans_kernels(Level::scalar), lanes, tables, symbols);
        states = coded.states;
        words.resize(coded.words.size() + 2 * lanes);
        rans_kernels(Level::scalar).reverse_words(coded.words.data(), words.data(), coded.words.size() / 2);
        reader = {words.data(), words.data() + coded.words.size()};
    }
    RansStream from(std::size_t at) { return {states.data(), tables.decode.data(), &reader, back.data() + at}; }
};

TEST(RansKernels, TwoStreamsAtOnceAreTheTwoOneAfterTheOther) {
    for (const Level level : levels()) {
        const auto decode_two = rans_kernels(level).decode_two;
        if (decode_two == nullptr) continue;
        for (const std::size_t lanes : {16u, 32u, 64u}) {
            Stream first(Tables(uneven()), lanes, 64 * 50, lanes), second(Tables(flat()), lanes, 64 * 50, 3);
            for (std::size_t at = 0; at < first.back.size(); at += 640)
                EXPECT_EQ(decode_two(first.from(at), second.from(at), lanes, 640 + lanes / 2), 640u);
            for (const Stream& stream : {std::cref(first), std::cref(second)}) {
                EXPECT_EQ(stream.back, stream.symbols) << kernels(level).name << ", " << lanes << " lanes";
                EXPECT_EQ(stream.reader.next, stream.reader.limit);
                EXPECT_EQ(stream.states, std::vector<std::uint32_t>(lanes, rans_low));
            }
        }
    }
}

TEST(RansKernels, TwoStreamsStopBehindTheLimitOfEither) {
    for (const Level level : levels()) {
        const auto decode_two = rans_kernels(level).decode_two;
        if (decode_two == nullptr) continue;
        for (const bool shortens_first : {true, false}) {
            Stream first(Tables(flat()), 32, 4096, 1), second(Tables(flat()), 32, 4096, 2);
            Stream& shorter = shortens_first ? first : second;
            shorter.reader.limit = shorter.words.data() + 100;
            const std::size_t done = decode_two(first.from(0), second.from(0), 32, 4096);
            EXPECT_EQ(done % 32, 0u);
            EXPECT_LT(done, 4096u);
            EXPECT_GT(shorter.reader.next, shorter.reader.limit);
            EXPECT_LE(shorter.reader.next, shorter.reader.limit + 64);
            for (const Stream& stream : {std::cref(first), std::cref(second)})
                EXPECT_TRUE(std::equal(stream.back.begin(), stream.back.begin() + static_cast<std::ptrdiff_t>(done),
                                       stream.symbols.begin()));
        }
    }
}

TEST(RansKernels, MarksTellTheBytesFromAValueOn) {
    for (const std::size_t size : {1u, 63u, 64u, 65u, 128u, 1000u}) {
        const Bytes bytes = random_bytes(size, 256, size);
        for (const unsigned least : {0u, 1u, 128u, 254u, 255u})
            for (const Level level : levels()) {
                std::vector<std::uint64_t> marks((size + 63) / 64, ~std::uint64_t{0});
                rans_kernels(level).mark_from(bytes.data(), size, least, marks.data());
                for (std::size_t at = 0; at < 64 * marks.size(); ++at)
                    EXPECT_EQ(marks[at / 64] >> (at % 64) & 1u,
                              at < size && std::to_integer<unsigned>(bytes[at]) >= least ? 1u : 0u)
                        << kernels(level).name << ", byte " << at << " of " << size;
            }
    }
}

TEST(RansKernels, DecodingStopsBehindTheLimit) {
    const Tables tables(flat());
    const Bytes words(4096, std::byte{0x5a});
    for (const Level level : levels()) {
        std::vector<std::uint32_t> states(32, rans_low);
        Bytes back(4096);
        RansReader reader{words.data(), words.data() + 100};
        const std::size_t done =
            rans_kernels(level).decode(states.data(), 32, tables.decode.data(), &reader, back.data(), back.size());
        EXPECT_EQ(done % 32, 0u);
        EXPECT_LT(done, back.size());
        EXPECT_GT(reader.next, reader.limit);
        EXPECT_LE(reader.next, reader.limit + 64);
    }
}

TEST(RansKernels, TuplesAreTheSameAtEveryLevelAndComeBack) {
    for (const Level level : levels()) {
        const auto& simd = rans_kernels(level);
        const auto& plain = rans_kernels(Level::scalar);
        for (const std::size_t count : {1u, 7u, 64u, 333u}) {
            for (const unsigned below : {4u, 5u, 16u, 17u, 256u}) {
                const Bytes values = random_bytes(4 * count, below, count * below);
                Bytes packed(count), expected(count), back(4 * count);
                simd.pack_quads(values.data(), packed.data(), count);
                plain.pack_quads(values.data(), expected.data(), count);
                EXPECT_EQ(packed, expected);
                simd.unpack_quads(packed.data(), back.data(), count);
                if (below == 4) {
                    EXPECT_EQ(back, values);
                }
                packed.resize(2 * count);
                expected.resize(2 * count);
                simd.pack_pairs(values.data(), packed.data(), 2 * count);
                plain.pack_pairs(values.data(), expected.data(), 2 * count);
                EXPECT_EQ(packed, expected);
                simd.unpack_pairs(packed.data(), back.data(), 2 * count);
                if (below <= 16) {
                    EXPECT_EQ(back, values);
                }
            }
        }
    }
}

TEST(RansKernels, TuplesOutOfRangeAre255) {
    const Bytes values{std::byte{4},   {},           {},           {}, {},          {}, {},
                       std::byte{128}, std::byte{3}, std::byte{2}, {}, std::byte{1}};
    for (const Level level : levels()) {
        Bytes quads(3), pairs(6);
        rans_kernels(level).pack_quads(values.data(), quads.data(), 3);
        rans_kernels(level).pack_pairs(values.data(), pairs.data(), 6);
        EXPECT_EQ(quads, (Bytes{std::byte{255}, std::byte{255}, std::byte{0b01001011}}));
        EXPECT_EQ(pairs, (Bytes{std::byte{4}, {}, {}, std::byte{255}, std::byte{0x23}, std::byte{0x10}}));
    }
}

TEST(RansKernels, ReducedPixelsAndTheirLowBitsGiveThePixelsBack) {
    for (const unsigned log2_bytes : {0u, 1u, 2u})
        for (const unsigned shift : {0u, 1u, 5u, 8u})
            for (const std::uint32_t origin : {0u, 3u, 0xFFu, 0xFFF0u, 0xFFFFFFF0u}) {
                const std::size_t count = 259;
                Bytes pixels = random_bytes(count << log2_bytes, 256, shift + origin);
                Bytes plain_values;
                for (const Level level : levels()) {
                    const auto& simd = rans_kernels(level);
                    Bytes values(count), lows(264), packed(264 + 8), unpacked(264), back(pixels.size());
                    simd.reduce[log2_bytes](pixels.data(), values.data(), count, origin, shift);
                    if (plain_values.empty()) plain_values = values;
                    EXPECT_EQ(values, plain_values);
                    simd.lows[log2_bytes](pixels.data(), lows.data(), count, origin);
                    if (shift != 0) {
                        simd.pack_bits(lows.data(), packed.data(), 33, shift);
                        simd.unpack_bits(packed.data(), unpacked.data(), 33, shift);
                    }
                    simd.expand[log2_bytes](values.data(), unpacked.data(), back.data(), count, origin, shift);
                    for (std::size_t at = 0; at < count; ++at) {
                        if (values[at] == std::byte{255}) continue;
                        for (std::size_t k = 0; k < std::size_t{1} << log2_bytes; ++k)
                            EXPECT_EQ(back[(at << log2_bytes) + k], pixels[(at << log2_bytes) + k])
                                << log2_bytes << " " << shift << " " << origin << " at " << at;
                    }
                }
            }
}

TEST(RansKernels, BytesAreCounted) {
    const Bytes bytes = random_bytes(1003, 256, 5);
    std::array<std::uint32_t, 256> expected{};
    for (const std::byte byte : bytes) ++expected[std::to_integer<std::size_t>(byte)];
    for (const Level level : levels()) {
        std::array<std::uint32_t, 256> counts{};
        rans_kernels(level).count_bytes(bytes.data(), bytes.size(), counts.data());
        EXPECT_EQ(counts, expected);
    }
}

}  // namespace
}  // namespace mrcz::simd
