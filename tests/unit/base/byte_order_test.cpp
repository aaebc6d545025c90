#include "base/byte_order.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace mrcz {
namespace {

template <class T>
void expect_stored_as(T value, const std::array<unsigned char, sizeof(T)>& little) {
    // One byte in, so that no number is aligned.
    std::array<std::byte, sizeof(T) + 1> bytes{};
    store_le(bytes.data() + 1, value);
    for (std::size_t i = 0; i < sizeof(T); ++i) EXPECT_EQ(bytes[i + 1], std::byte{little[i]});
    EXPECT_EQ(load_le<T>(bytes.data() + 1), value);
    EXPECT_EQ(load<T>(bytes.data() + 1, ByteOrder::little), value);
    store(bytes.data() + 1, value, ByteOrder::big);
    for (std::size_t i = 0; i < sizeof(T); ++i) EXPECT_EQ(bytes[sizeof(T) - i], std::byte{little[i]});
    EXPECT_EQ(load<T>(bytes.data() + 1, ByteOrder::big), value);
}

}  // namespace

TEST(ByteOrder, NumbersLieAsTheirOrderSays) {
    expect_stored_as<std::uint8_t>(0x9a, {0x9a});
    expect_stored_as<std::int8_t>(-2, {0xfe});
    expect_stored_as<std::uint16_t>(0x1234, {0x34, 0x12});
    expect_stored_as<std::int16_t>(-16224, {0xa0, 0xc0});
    expect_stored_as<std::uint32_t>(0x12345678, {0x78, 0x56, 0x34, 0x12});
    expect_stored_as<std::int32_t>(1146047817, {'I', 'M', 'O', 'D'});
    expect_stored_as<std::uint64_t>(0x0123456789abcdef, {0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01});
    expect_stored_as<std::int64_t>(-2, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
    expect_stored_as<float>(1.0F, {0x00, 0x00, 0x80, 0x3f});
    expect_stored_as<double>(-2.0, {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0});
}

TEST(ByteOrder, NanKeepsItsBits) {
    const std::array<unsigned char, 4> signalling{0x01, 0x00, 0xa0, 0x7f};
    const auto* from = reinterpret_cast<const std::byte*>(signalling.data());
    std::array<std::byte, 4> to{};
    store_le(to.data(), load_le<std::uint32_t>(from));
    EXPECT_EQ(std::memcmp(to.data(), signalling.data(), 4), 0);
}

TEST(ByteOrder, SwappingTwiceIsIdentity) {
    static_assert(byte_swapped(std::uint8_t{0x12}) == 0x12);
    static_assert(byte_swapped(std::uint16_t{0x1234}) == 0x3412);
    static_assert(byte_swapped(std::uint32_t{0x12345678}) == 0x78563412);
    static_assert(byte_swapped(std::uint64_t{0x0123456789abcdef}) == 0xefcdab8967452301);
    for (const std::int32_t value : {0, 1, -1, 0x7fff, std::numeric_limits<std::int32_t>::min()})
        EXPECT_EQ(byte_swapped(byte_swapped(value)), value);
}

}  // namespace mrcz
