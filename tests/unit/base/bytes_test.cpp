#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mrcz {

TEST(Bytes, NumbersAreAppendedLittleEndian) {
    Bytes bytes;
    append_le(bytes, std::uint8_t{1});
    append_le(bytes, std::uint32_t{0x05040302});
    append_le(bytes, std::int16_t{-1});
    const Bytes expected{std::byte{1}, std::byte{2},    std::byte{3},   std::byte{4},
                         std::byte{5}, std::byte{0xff}, std::byte{0xff}};
    EXPECT_EQ(bytes, expected);
}

TEST(Bytes, BytesAreAppendedAsTheyAre) {
    Bytes bytes{std::byte{9}};
    append(bytes, std::array{std::byte{8}, std::byte{7}});
    append(bytes, {});
    EXPECT_EQ(bytes, (Bytes{std::byte{9}, std::byte{8}, std::byte{7}}));
}

}  // namespace mrcz
