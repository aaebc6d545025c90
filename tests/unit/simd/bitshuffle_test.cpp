#include <blosc.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstring>

#include "levels.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t element_sizes[] = {1, 2, 3, 4, 5, 8, 16};
constexpr std::size_t counts[] = {0, 8, 56, 64, 248, 256, 504, 512, 520, 1016, 1024, 4096 + 24};

// kernels.hpp, bit by bit.
Bytes by_definition(const Bytes& from, std::size_t elements, std::size_t element_bytes) {
    Bytes to(from.size());
    for (std::size_t e = 0; e < elements; ++e) {
        for (std::size_t k = 0; k < element_bytes; ++k) {
            for (std::size_t b = 0; b < 8; ++b) {
                const auto bit = (std::to_integer<unsigned>(from[e * element_bytes + k]) >> b) & 1u;
                to[(8 * k + b) * (elements / 8) + e / 8] |= static_cast<std::byte>(bit << (e % 8));
            }
        }
    }
    return to;
}

template <class Trial>
void for_all_shapes(Trial trial) {
    for (const std::size_t element_bytes : element_sizes) {
        for (const std::size_t elements : counts) {
            for (const std::size_t offset : {0, 1, 13}) {
                SCOPED_TRACE(testing::Message() << elements << " x " << element_bytes << " bytes at " << offset);
                Buffer from(elements * element_bytes, offset);
                fill_random(from.span(), static_cast<unsigned>(elements + element_bytes));
                trial(from, elements, element_bytes, offset);
            }
        }
    }
}

TEST(BitShuffle, ScalarMatchesDefinition) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer to(elements * element_bytes, offset);
        kernels(Level::scalar).bitshuffle(from.data(), to.data(), elements, element_bytes);
        EXPECT_EQ(to.copy(), by_definition(from.copy(), elements, element_bytes));
    });
}

TEST(BitShuffle, EveryLevelMatchesScalar) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer expected(elements * element_bytes);
        kernels(Level::scalar).bitshuffle(from.data(), expected.data(), elements, element_bytes);
        for (const Level level : levels()) {
            Buffer to(elements * element_bytes, offset);
            kernels(level).bitshuffle(from.data(), to.data(), elements, element_bytes);
            EXPECT_EQ(to.copy(), expected.copy()) << kernels(level).name;
        }
    });
}

TEST(BitShuffle, EveryLevelUndoesIt) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer shuffled(elements * element_bytes, offset);
        kernels(Level::scalar).bitshuffle(from.data(), shuffled.data(), elements, element_bytes);
        for (const Level level : levels()) {
            Buffer back(elements * element_bytes, offset);
            kernels(level).bitunshuffle(shuffled.data(), back.data(), elements, element_bytes);
            EXPECT_EQ(back.copy(), from.copy()) << kernels(level).name;
        }
    });
}

std::uint32_t word_at(const Bytes& bytes, std::size_t offset) {
    std::uint32_t word;
    std::memcpy(&word, bytes.data() + offset, sizeof word);
    return word;
}

// The block as c-blosc shuffled it, taken out of a chunk of one zstd stream.
Bytes shuffled_by_blosc(const Bytes& from, std::size_t element_bytes) {
    Bytes chunk(from.size() + BLOSC_MAX_OVERHEAD);
    const int size = blosc_compress_ctx(1, BLOSC_BITSHUFFLE, element_bytes, from.size(), from.data(), chunk.data(),
                                        chunk.size(), "zstd", from.size(), 1);
    EXPECT_GT(size, 0);
    const auto flags = std::to_integer<unsigned>(chunk[2]);
    EXPECT_EQ(flags & BLOSC_MEMCPYED, 0u);
    EXPECT_NE(flags & BLOSC_DOBITSHUFFLE, 0u);
    EXPECT_EQ(word_at(chunk, 8), from.size()) << "more than one block";

    const std::size_t stream = word_at(chunk, BLOSC_MAX_OVERHEAD);
    const std::size_t stream_bytes = word_at(chunk, stream);
    Bytes block(from.size());
    EXPECT_EQ(ZSTD_decompress(block.data(), block.size(), chunk.data() + stream + 4, stream_bytes), block.size());
    return block;
}

TEST(BitShuffle, MatchesBlosc) {
    for (const std::size_t element_bytes : {1, 2, 3, 4, 8}) {
        for (const std::size_t elements : {512, 1032, 16384}) {
            Buffer from(elements * element_bytes);
            fill_random(from.span());
            for (std::byte& byte : from.span()) byte &= std::byte{0x0D};  // or blosc stores it unshuffled
            const Bytes expected = shuffled_by_blosc(from.copy(), element_bytes);
            for (const Level level : levels()) {
                Buffer to(elements * element_bytes);
                kernels(level).bitshuffle(from.data(), to.data(), elements, element_bytes);
                EXPECT_EQ(to.copy(), expected) << kernels(level).name << ' ' << elements << " x " << element_bytes;
            }
        }
    }
}

}  // namespace
}  // namespace mrcz::simd
