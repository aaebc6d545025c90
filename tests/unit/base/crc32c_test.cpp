#include "base/crc32c.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string_view>

#include "base/bytes.hpp"

namespace mrcz {
namespace {

Bytes counting_from(unsigned first, int step) {
    Bytes bytes;
    for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<std::byte>(static_cast<int>(first) + step * i));
    return bytes;
}

std::uint32_t by_definition(std::span<const std::byte> bytes) {
    std::uint32_t crc = 0xffffffff;
    for (const std::byte byte : bytes) {
        crc ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

}  // namespace

// RFC 3720, B.4; the bytes of its CRCs stand there in the order they are sent, least first.
TEST(Crc32c, MatchesTheVectorsOfRfc3720) {
    EXPECT_EQ(crc32c(Bytes(32, std::byte{0x00})), 0x8a9136aaU);
    EXPECT_EQ(crc32c(Bytes(32, std::byte{0xff})), 0x62a8ab43U);
    EXPECT_EQ(crc32c(counting_from(0, 1)), 0x46dd794eU);
    EXPECT_EQ(crc32c(counting_from(31, -1)), 0x113fdb5cU);
}

TEST(Crc32c, MatchesTheIscsiReadCommandOfRfc3720) {
    Bytes command(48, std::byte{0});
    command[0] = std::byte{0x01};
    command[1] = std::byte{0xc0};
    command[16] = std::byte{0x14};
    command[22] = std::byte{0x04};
    command[27] = std::byte{0x14};
    command[31] = std::byte{0x18};
    command[32] = std::byte{0x28};
    command[40] = std::byte{0x02};
    EXPECT_EQ(crc32c(command), 0xd9963a56U);
}

TEST(Crc32c, MatchesTheCheckValueOfCatalogues) {
    EXPECT_EQ(crc32c(std::as_bytes(std::span(std::string_view("123456789")))), 0xe3069283U);
    EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, EveryLengthAndAlignmentMatchesTheDefinition) {
    Bytes bytes(64);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 + 11);
    for (std::size_t start = 0; start < 9; ++start)
        for (std::size_t length = 0; length < 40; ++length) {
            const auto piece = std::span<const std::byte>(bytes).subspan(start, length);
            EXPECT_EQ(crc32c(piece), by_definition(piece)) << start << " + " << length;
        }
}

TEST(Crc32c, EveryFlippedBitChangesIt) {
    Bytes bytes = counting_from(0, 1);
    const std::uint32_t intact = crc32c(bytes);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        EXPECT_NE(crc32c(bytes), intact) << bit;
        bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    }
}

}  // namespace mrcz
