#include "header/byte_order_of.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "kit/damage.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using namespace std::string_view_literals;
using header::OrderedHeader;
using header::read_ordered;
using header::swapped;
using enum HeaderField;

namespace {

// The stamps that real files have: mrc-facts, section 3.
constexpr std::string_view stamps_seen[] = {
    "\x44\x44\x00\x00"sv, "\x44\x41\x00\x00"sv, "\x44\x00\x00\x00"sv,
    "\x44\x11\x00\x00"sv, "\x44\x20\x20\x20"sv, "MAE "sv,
    "\x00\x00\x00\x00"sv, "\x11\x11\x00\x00"sv, "\x22\x41\x00\x00"sv,
    "\xff\xff\xff\xff"sv,
};

constexpr int modes_seen[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 17, 101, 6101, 6002, 2001, 31012};

bool is_mrc(const Header& header) {
    try {
        (void)read_ordered(header.bytes());
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::not_mrc);
        return false;
    }
}

}  // namespace

TEST(Swapped, TwiceIsIdentity) {
    Header header;
    std::mt19937 random(5);
    for (std::byte& byte : header.bytes()) byte = static_cast<std::byte>(random());
    EXPECT_NE(swapped(header).bytes(), header.bytes());
    EXPECT_EQ(swapped(swapped(header)).bytes(), header.bytes());
}

TEST(Swapped, TextAndUnnamedBytesStay) {
    Header header;
    for (std::size_t i = 0; i < Header::bytes_on_disk; ++i) header.bytes()[i] = static_cast<std::byte>(i % 255 + 1);
    const Header other = swapped(header);
    std::array<bool, Header::bytes_on_disk> is_number{};
    for (const HeaderFieldInfo& row : header_fields())
        if (row.type != HeaderFieldType::text)
            std::fill_n(is_number.begin() + row.offset, std::size_t{row.count} * row.bytes, true);
    for (std::size_t i = 0; i < Header::bytes_on_disk; ++i) {
        if (is_number[i]) continue;
        EXPECT_EQ(other.bytes()[i], header.bytes()[i]) << i;
    }
}

TEST(Swapped, EveryNumberIsTurned) {
    Header header;
    header.set_integer(nint, 0x0102);
    header.set_integer(nx, 0x01020304);
    header.set_integer(packed_bytes, 0x0102030405060708);
    header.set_real(tilt_angles, 1.0F, 5);
    const Header big = swapped(header);
    EXPECT_EQ(big.integer(nint), 0x0201);
    EXPECT_EQ(big.integer(nx), 0x04030201);
    EXPECT_EQ(big.integer(packed_bytes), 0x0807060504030201);
    EXPECT_EQ(big.bytes()[172 + 20], std::byte{0x3f});
}

TEST(ByteOrderOf, LittleEndianIsSeenUnderEveryStamp) {
    for (const auto stamp : stamps_seen)
        for (const int number : modes_seen) {
            const Header header = with_stamp(with(clean_header(), mode, number), stamp);
            const OrderedHeader found = read_ordered(header.bytes());
            EXPECT_EQ(found.order, ByteOrder::little) << "mode " << number;
            EXPECT_FALSE(found.mode_is_little_in_big);
            EXPECT_EQ(found.header.bytes(), header.bytes());
        }
}

TEST(ByteOrderOf, BigEndianIsSeenUnderEveryStamp) {
    for (const auto stamp : stamps_seen)
        for (const int number : modes_seen) {
            const Header header = with_stamp(with(clean_header(), mode, number), stamp);
            const OrderedHeader found = read_ordered(swapped(header).bytes());
            EXPECT_EQ(found.order, ByteOrder::big) << "mode " << number;
            EXPECT_FALSE(found.mode_is_little_in_big);
            EXPECT_EQ(found.header.bytes(), header.bytes());
        }
}

TEST(ByteOrderOf, ModeZeroIsDecidedByShapeAndAxes) {
    const Header zero = with(clean_header(), mode, 0);
    for (const std::int64_t size : {1, 2, 255, 256, 257, 4096, 11520, 65535})
        for (const std::int64_t sections : {1, 2, 256, 5000}) {
            const Header header = with_stamp(with(with(with(zero, nx, size), ny, 256), nz, sections), "");
            EXPECT_EQ(read_ordered(header.bytes()).order, ByteOrder::little) << size << ' ' << sections;
            EXPECT_EQ(read_ordered(swapped(header).bytes()).order, ByteOrder::big) << size << ' ' << sections;
        }
}

TEST(ByteOrderOf, ModeZeroIsDecidedWithPermutedOrMissingAxes) {
    for (const auto& axes : {std::array{0, 0, 0}, {3, 2, 1}, {3, 1, 2}, {1, -2, 3}, {1, 1, 1}}) {
        const Header header = with_stamp(with_axes(with(clean_header(), mode, 0), axes[0], axes[1], axes[2]), "");
        EXPECT_EQ(read_ordered(header.bytes()).order, ByteOrder::little) << axes[0];
        EXPECT_EQ(read_ordered(swapped(header).bytes()).order, ByteOrder::big) << axes[0];
    }
}

TEST(ByteOrderOf, FloatsInTheAxesOfPythonMrczAreTolerated) {
    Header header = with_stamp(clean_header(), "DA");
    for (const HeaderField field : {mapc, mapr, maps}) header.set_integer(field, 0x42b40000);  // 90.0F
    EXPECT_EQ(read_ordered(header.bytes()).order, ByteOrder::little);
}

TEST(ByteOrderOf, MixedBigEndianOfPythonMrczIsUnderstood) {
    for (const int number : {1, 2, 4, 6, 6002, 2001}) {
        const Header meant = with_stamp(with_real(with(clean_header(), mode, number), voltage, 300), "\x11\x11");
        const OrderedHeader found = read_ordered(python_big_endian(meant).bytes());
        EXPECT_EQ(found.order, ByteOrder::big);
        EXPECT_TRUE(found.mode_is_little_in_big);
        EXPECT_EQ(found.header.bytes(), meant.bytes());
    }
}

TEST(ByteOrderOf, EmptyLiveFileIsAccepted) {
    const Header empty = with(clean_header(), nz, 0);
    EXPECT_EQ(read_ordered(empty.bytes()).order, ByteOrder::little);
    EXPECT_EQ(read_ordered(big_endian(empty).bytes()).order, ByteOrder::big);
}

TEST(ByteOrderOf, LongRowsAndStacksAreAccepted) {
    EXPECT_TRUE(is_mrc(with(clean_header(), nz, 1'000'000)));
    EXPECT_TRUE(is_mrc(with(with(clean_header(), nx, 100'000), ny, 100'000)));
}

TEST(ByteOrderOf, ImpossibleShapesAreNotMrc) {
    for (const HeaderField field : {nx, ny}) {
        EXPECT_FALSE(is_mrc(with(clean_header(), field, 0)));
        EXPECT_FALSE(is_mrc(with(clean_header(), field, -64)));
    }
    EXPECT_FALSE(is_mrc(with(clean_header(), nz, -1)));
}

TEST(ByteOrderOf, ImpossibleModesAreNotMrc) {
    for (const int number : {-1, 9, 11, 13, 99, 102, 999, 32'001, 6009, -6002, 1'000'000})
        EXPECT_FALSE(is_mrc(with(clean_header(), mode, number))) << number;
}

TEST(ByteOrderOf, OtherFilesAreNotMrc) {
    const auto starts_with = [](std::string_view text) {
        Header header;
        for (std::size_t i = 0; i < text.size(); ++i) header.bytes()[i] = static_cast<std::byte>(text[i]);
        return header;
    };
    EXPECT_FALSE(is_mrc(starts_with("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\x06"sv)));
    EXPECT_FALSE(is_mrc(starts_with("II*\0\x08\0\0\0\x0f\0\0\x01\x03\0\x01\0\0\0\x0c\x0d"sv)));
    EXPECT_FALSE(is_mrc(starts_with("\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0"sv)));
    EXPECT_FALSE(is_mrc(starts_with("# a text file, by no means an image\n")));
    EXPECT_FALSE(is_mrc(Header()));
    Header ones;
    ones.bytes().fill(std::byte{0xff});
    EXPECT_FALSE(is_mrc(ones));
}

TEST(ByteOrderOf, MessageShowsBothReadings) {
    const Error error = kit::error_of([] { (void)read_ordered(with(clean_header(), mode, 99).bytes()); });
    EXPECT_EQ(error.message(),
              "not an MRC file: the header makes no sense in either byte order (little-endian: NX 64, NY 48, NZ 7, "
              "MODE 99; big-endian: NX 1073741824, NY 805306368, NZ 117440512, MODE 1660944384)");
}

}  // namespace mrcz::header_test
