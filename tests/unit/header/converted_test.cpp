#include "header/converted.hpp"

#include <gtest/gtest.h>

#include "header/compose.hpp"
#include "header/modes.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::converted_layout;
using header::Layout;
using enum HeaderField;

namespace {

Layout layout_of(const Header& header) { return header::read_layout(header.bytes(), {}); }

/// As a reader finds the plain file of such pixels.
Layout read_back(const Layout& layout) { return layout_of(header::plain_header(layout, layout.frames)); }

}  // namespace

TEST(ConvertedLayout, IsThatOfAFileOfTheNewPixels) {
    for (const std::int64_t from : {0, 1, 2, 6, 12, 101})
        for (PixelType to : {PixelType::int8, PixelType::uint16, PixelType::float16, PixelType::uint4}) {
            const Layout layout = converted_layout(layout_of(with(clean_header(), mode, from)), to);
            const Layout back = read_back(layout);
            EXPECT_EQ(layout.format(), (FrameFormat{to, 64, 48}));
            EXPECT_EQ(back.format(), layout.format());
            EXPECT_EQ(back.frame_bytes, layout.frame_bytes);
            EXPECT_EQ(back.header.voxel_angstrom(), clean_header().voxel_angstrom());
            EXPECT_EQ(back.header.integer(nversion), to == PixelType::uint4 ? 0 : 20141);
        }
}

TEST(ConvertedLayout, BytesAreSignedWhateverTheSourceSaidOfItsOwn) {
    Header source = with_real(with_real(with(clean_header(), mode, 6), dmin, 0), dmax, 255);
    EXPECT_EQ(read_back(converted_layout(layout_of(source), PixelType::int8)).type, PixelType::int8);
    source = with(with(source, imod_stamp, header::imod_stamp), imod_flags, 4);
    const Layout back = read_back(converted_layout(layout_of(source), PixelType::int8));
    EXPECT_EQ(back.type, PixelType::int8);
    EXPECT_EQ(back.header.integer(imod_flags), 4 | header::imod_flag::signed_bytes);
}

TEST(ConvertedLayout, BytesOfTwoPixelsBecomeAsManyColumns) {
    const Header half = with(with(with(clean_header(), mode, 0), imod_stamp, header::imod_stamp), imod_flags, 16 | 4);
    const Layout layout = converted_layout(layout_of(half), PixelType::int16);
    EXPECT_EQ(layout.header.nx(), 128);
    EXPECT_EQ(layout.header.integer(mx), 128);
    EXPECT_EQ(layout.header.voxel_angstrom(), clean_header().voxel_angstrom());
    EXPECT_EQ(layout.header.integer(imod_flags), 4);
    EXPECT_EQ(layout.frame_bytes, 128U * 48 * 2);
    EXPECT_EQ(read_back(converted_layout(layout_of(half), PixelType::int8)).columns, 128);
}

TEST(ConvertedLayout, TypesWithoutAModeAreRefused) {
    const Error error = kit::error_of([] { (void)converted_layout(layout_of(clean_header()), PixelType::uint8); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error.message(), "MRC has no mode for uint8 pixels; use int8, uint16 or uint4");
}

}  // namespace mrcz::header_test
