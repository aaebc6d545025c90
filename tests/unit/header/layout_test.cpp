#include "header/layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <random>

#include "header/modes.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::Layout;
using enum HeaderField;

namespace {

constexpr std::int64_t most_i32 = std::numeric_limits<std::int32_t>::max();

Layout read_layout(const Header& header, const Limits& limits = {}) {
    return header::read_layout(header.bytes(), limits);
}

Error error_of_reading(const Header& header, const Limits& limits = {}) {
    return kit::error_of([&] { (void)read_layout(header, limits); });
}

/// Whether what follows from any header is either refused as data or safe to use.
void expect_sound(const Header& header) {
    const Limits limits;
    const auto read = [&] {
        const Layout layout = read_layout(header, limits);
        ASSERT_GE(layout.frame_bytes, 1U);
        ASSERT_LE(layout.frame_bytes, limits.frame_bytes);
        ASSERT_GE(layout.data_offset, 1024U);
        ASSERT_LE(layout.data_offset, 1024 + limits.extended_header_bytes);
        ASSERT_GE(layout.frames, 0);
        ASSERT_EQ(layout.data_bytes, layout.frame_bytes * static_cast<std::uint64_t>(layout.frames));
        ASSERT_LE(layout.codec_id, header::largest_codec_id);
        ASSERT_NE(header::find_mode(layout.base_mode), nullptr);
    };
    std::string why_not;
    ASSERT_TRUE(kit::survives(read, &why_not)) << why_not;
}

}  // namespace

TEST(Layout, OfACleanHeaderIsPlain) {
    const Layout layout = read_layout(clean_header());
    EXPECT_EQ(layout.order, ByteOrder::little);
    EXPECT_EQ(layout.type, PixelType::int16);
    EXPECT_EQ(layout.codec_id, 0);
    EXPECT_EQ(layout.base_mode, 1);
    EXPECT_EQ(layout.frames, 7);
    EXPECT_EQ(layout.frame_bytes, 64U * 48 * 2);
    EXPECT_EQ(layout.data_offset, 1024U);
    EXPECT_EQ(layout.data_bytes, 64U * 48 * 2 * 7);
    EXPECT_TRUE(layout.findings.empty());
    EXPECT_EQ(layout.header.bytes(), clean_header().bytes());
}

TEST(Layout, OfABigEndianHeaderIsTheSame) {
    const Layout layout = read_layout(big_endian(clean_header()));
    EXPECT_EQ(layout.order, ByteOrder::big);
    EXPECT_EQ(layout.frame_bytes, 64U * 48 * 2);
    EXPECT_EQ(layout.header.nx(), 64);
    EXPECT_TRUE(layout.findings.empty());
}

TEST(Layout, CodecIsTheThousandsOfMode) {
    for (const int codec : {1, 2, 6, 16, 31}) {
        const Layout layout = read_layout(with(clean_header(), mode, 1000 * codec + 6));
        EXPECT_EQ(layout.codec_id, codec);
        EXPECT_EQ(layout.base_mode, 6);
        EXPECT_EQ(layout.type, PixelType::uint16);
    }
}

TEST(Layout, EveryPixelTypeHasItsBytes) {
    for (const PixelType type : kit::pixel_types_with_a_mode()) {
        const Layout layout = read_layout(with(clean_header(), mode, *header::mode_for(type)));
        if (type != PixelType::int8) {
            EXPECT_EQ(layout.type, type);
        }
        EXPECT_EQ(layout.frame_bytes, 64U * 48 * info_of(type).pixel_bytes);
    }
}

TEST(Layout, ModesOfBytesMayBeUnsigned) {
    const Header range = with_real(with_real(clean_header(), dmin, 0), dmax, 255);
    EXPECT_EQ(read_layout(with(range, mode, 0)).type, PixelType::uint8);
    EXPECT_EQ(read_layout(with(range, mode, 5)).type, PixelType::uint8);
    EXPECT_EQ(read_layout(with(range, mode, 6000)).type, PixelType::uint8);
    EXPECT_EQ(read_layout(with(range, mode, 17)).type, PixelType::int8);
    EXPECT_EQ(read_layout(with(with_real(range, dmin, -4), mode, 0)).type, PixelType::uint8);
    EXPECT_EQ(read_layout(with(with_real(range, dmax, 127), mode, 0)).type, PixelType::int8);
}

TEST(Layout, DataStartBehindTheExtendedHeader) {
    const Header header = with(clean_header(), nsymbt, 786'433);
    EXPECT_EQ(read_layout(header).data_offset, 1024U + 786'433);
}

TEST(Layout, NegativeExtendedHeaderIsCorrupt) {
    const Error error = error_of_reading(with(clean_header(), nsymbt, -1));
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "header: NSYMBT (offset 0x5c): -1 bytes of extended header");
    EXPECT_EQ(error_of_reading(with(clean_header(), nsymbt, -most_i32 - 1)).code(), ErrorCode::corrupt);
}

TEST(Layout, HugeExtendedHeaderIsBeyondTheLimit) {
    const std::int64_t limit = std::int64_t{1} << 30;
    EXPECT_EQ(read_layout(with(clean_header(), nsymbt, limit)).data_offset, 1024U + (1U << 30));
    EXPECT_EQ(error_of_reading(with(clean_header(), nsymbt, limit + 1)).code(), ErrorCode::limit_exceeded);
    EXPECT_EQ(error_of_reading(with(clean_header(), nsymbt, most_i32)).code(), ErrorCode::limit_exceeded);
    Limits higher;
    higher.extended_header_bytes = std::uint64_t{1} << 32;
    EXPECT_EQ(read_layout(with(clean_header(), nsymbt, most_i32), higher).data_offset, 1024U + most_i32);
}

TEST(Layout, FrameBeyondTheLimitIsRefused) {
    Limits limits;
    limits.frame_bytes = 64 * 48 * 2;
    EXPECT_EQ(read_layout(clean_header(), limits).frame_bytes, limits.frame_bytes);
    --limits.frame_bytes;
    EXPECT_EQ(error_of_reading(clean_header(), limits).code(), ErrorCode::limit_exceeded);
    const Header huge = with(with(with(clean_header(), nx, most_i32), ny, most_i32), nz, 1);
    EXPECT_EQ(error_of_reading(huge).code(), ErrorCode::limit_exceeded);
}

TEST(Layout, SizesThatOverflowAreCorruptWhateverTheLimits) {
    Limits unlimited;
    unlimited.frame_bytes = std::numeric_limits<std::uint64_t>::max();
    const Header square = with(with(with(clean_header(), nx, most_i32), ny, most_i32), nz, 1);
    EXPECT_EQ(error_of_reading(with(square, mode, 4), unlimited).code(), ErrorCode::corrupt);
    EXPECT_EQ(error_of_reading(with(square, nz, 65'000), unlimited).code(), ErrorCode::corrupt);
}

TEST(Layout, NoFramesAreAccepted) {
    const Layout layout = read_layout(with(clean_header(), nz, 0));
    EXPECT_EQ(layout.frames, 0);
    EXPECT_EQ(layout.data_bytes, 0U);
    EXPECT_EQ(layout.frame_bytes, 64U * 48 * 2);
}

TEST(Layout, OdditiesAreFindings) {
    const Layout layout = read_layout(with(clean_header(), nversion, 0));
    ASSERT_EQ(layout.findings.size(), 1U);
    EXPECT_EQ(layout.findings[0].rule, "MRC-H03");
}

TEST(Layout, RandomBytesAreRefusedOrWithinLimits) {
    std::mt19937_64 random(11);
    Header header;
    for (int trial = 0; trial < 100'000; ++trial) {
        for (std::size_t at = 0; at < Header::bytes_on_disk; at += 8) {
            const std::uint64_t word = random();
            std::memcpy(header.bytes().data() + at, &word, 8);
        }
        expect_sound(header);
    }
}

TEST(Layout, RandomWordsInACleanHeaderAreRefusedOrWithinLimits) {
    std::mt19937 random(12);
    const std::int64_t telling[] = {0,   1,      2,      3,    -1,     12,         64,       101,
                                    255, 65'535, 65'536, 1000, 31'012, 16'777'216, most_i32, -most_i32 - 1};
    int accepted = 0;
    for (int trial = 0; trial < 100'000; ++trial) {
        Header header = clean_header();
        for (auto change = random() % 6; change > 0; --change) {
            const std::size_t word = random() % 2 == 0 ? random() % 26 : random() % 256;
            const auto value = static_cast<std::int32_t>(random() % 4 == 0 ? static_cast<std::int64_t>(random())
                                                                           : telling[random() % std::size(telling)]);
            std::memcpy(header.bytes().data() + 4 * word, &value, 4);
        }
        if (random() % 2 == 0) header = header::swapped(header);
        expect_sound(header);
        accepted += kit::survives([&] { (void)read_layout(header); }) ? 1 : 0;
    }
    EXPECT_GT(accepted, 10'000);
}

}  // namespace mrcz::header_test
