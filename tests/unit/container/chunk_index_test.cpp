#include "container/chunk_index.hpp"

#include <gtest/gtest.h>

#include "kit/damage.hpp"

namespace mrcz::container {
namespace {

/// CRC-32C bit by bit, as RFC 3720 defines it.
std::uint32_t crc_by_definition(std::span<const std::byte> bytes) {
    std::uint32_t crc = 0xffffffff;
    for (const std::byte byte : bytes) {
        crc ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    }
    return ~crc;
}

Bytes index_of(const std::vector<ChunkRange>& ranges) {
    Bytes index;
    for (const ChunkRange& range : ranges) append_entry(index, range);
    seal_index(index);
    return index;
}

constexpr std::uint64_t data_offset = 1024;
constexpr std::uint64_t data_end = 2000;

std::optional<std::vector<ChunkRange>> read_back(const Bytes& index, std::uint64_t chunks) {
    Bytes file(data_end);
    append(file, index);
    return read_index(*make_memory_source(std::move(file), "index"), chunks, data_offset, data_end);
}

bool is_accepted(const std::vector<ChunkRange>& ranges) {
    return read_back(index_of(ranges), ranges.size()).has_value();
}

TEST(ChunkIndex, IsByteForByteAZarrShardIndex) {
    Bytes expected;
    for (const std::uint64_t number : {1024, 100, 1124, 876}) append_le(expected, number);
    append_le(expected, crc_by_definition(expected));
    EXPECT_EQ(index_of({{1024, 100}, {1124, 876}}), expected);
    EXPECT_EQ(expected.size(), index_bytes(2));
}

TEST(ChunkIndex, ReadsBack) {
    const auto ranges = read_back(index_of({{1024, 100}, {1124, 50}, {1500, 500}}), 3);
    ASSERT_TRUE(ranges);
    ASSERT_EQ(ranges->size(), 3U);
    EXPECT_EQ((*ranges)[2].offset, 1500U);
    EXPECT_EQ((*ranges)[2].bytes, 500U);
}

TEST(ChunkIndex, OfNoChunksIsACrc) {
    EXPECT_EQ(index_of({}), Bytes(4));
    EXPECT_TRUE(read_back(index_of({}), 0));
}

TEST(ChunkIndex, FlippedBitsAreRejected) {
    const Bytes index = index_of({{1024, 100}, {1124, 50}});
    for (std::size_t bit = 0; bit < 8 * index.size(); ++bit)
        EXPECT_FALSE(read_back(kit::with_flipped_bit(index, bit), 2)) << bit;
}

TEST(ChunkIndex, OtherCountsAreRejected) {
    const Bytes index = index_of({{1024, 100}, {1124, 50}});
    for (const std::uint64_t chunks : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{100},
                                       std::uint64_t{1} << 31, std::uint64_t{1} << 60, ~std::uint64_t{0}})
        EXPECT_FALSE(read_back(index, chunks)) << chunks;
}

TEST(ChunkIndex, RangesOutsideTheDataAreRejected) {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    EXPECT_TRUE(is_accepted({{1024, 976}}));
    for (const ChunkRange range :
         {ChunkRange{1023, 10}, {0, 2000}, {1024, 977}, {1999, 2}, {2001, 0}, {1500, most}, {most, 1}, {most - 5, 10}})
        EXPECT_FALSE(is_accepted({range})) << range.offset << " " << range.bytes;
}

TEST(ChunkIndex, OverlappingAndFallingRangesAreRejected) {
    EXPECT_TRUE(is_accepted({{1024, 100}, {1124, 100}}));
    EXPECT_FALSE(is_accepted({{1024, 100}, {1123, 100}}));
    EXPECT_FALSE(is_accepted({{1124, 100}, {1024, 100}}));
    EXPECT_FALSE(is_accepted({{1024, 100}, {1024, 100}}));
}

TEST(ChunkIndex, FilesTooShortForItHaveNone) {
    const Bytes index = index_of({{1024, 100}, {1124, 50}});
    for (std::size_t length = 0; length < index.size(); ++length) {
        const auto source = make_memory_source(kit::truncated(index, length), "short");
        EXPECT_FALSE(read_index(*source, 2, 0, data_end)) << length;
    }
}

}  // namespace
}  // namespace mrcz::container
