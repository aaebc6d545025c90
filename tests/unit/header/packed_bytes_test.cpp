#include "header/packed_bytes.hpp"

#include <gtest/gtest.h>

#include "header/compose.hpp"
#include "header/layout.hpp"
#include "header/modes.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::bytes_hold_two_pixels;
using enum HeaderField;

namespace {

Header flagged(std::int64_t flags) {
    return with(with(with(clean_header(), mode, 0), imod_stamp, header::imod_stamp), imod_flags, flags);
}

Header labelled(std::int64_t columns, std::int64_t rows, std::string_view text = "SerialEM: 4 bits packed") {
    Header header = with(with(with(clean_header(), mode, 0), nx, columns), ny, rows);
    for (std::size_t i = 0; i < Header::label_count; ++i) header.set_text(label, "", i);
    header.set_text(label, text, 0);
    header.set_integer(nlabl, 1);
    return header;
}

header::Layout layout_of(const Header& header) { return header::read_layout(header.bytes(), {}); }

}  // namespace

TEST(PackedBytes, AreToldByImodsFlagWhereItsStampStands) {
    EXPECT_TRUE(bytes_hold_two_pixels(flagged(16)));
    EXPECT_TRUE(bytes_hold_two_pixels(flagged(16 | 4 | 1)));
    EXPECT_FALSE(bytes_hold_two_pixels(flagged(1)));
    EXPECT_FALSE(bytes_hold_two_pixels(with(flagged(16), imod_stamp, 0))) << "no stamp";
    EXPECT_FALSE(bytes_hold_two_pixels(with(flagged(16), mode, 1)));
    EXPECT_TRUE(bytes_hold_two_pixels(with(flagged(16), mode, 6000))) << "compressed";
}

TEST(PackedBytes, AreToldByTheOnlyLabelAndADetectorsHalvedSize) {
    for (const auto& [columns, rows] :
         {std::pair{3838, 7420}, {3840, 7424}, {5760, 8184}, {3710, 7676}, {3712, 7680}, {4092, 11520}, {3837, 7422}})
        EXPECT_TRUE(bytes_hold_two_pixels(labelled(columns, rows))) << columns << " x " << rows;
    for (const auto& [columns, rows] : {std::pair{7676, 7420}, {3838, 3710}, {64, 48}, {3845, 7424}})
        EXPECT_FALSE(bytes_hold_two_pixels(labelled(columns, rows))) << columns << " x " << rows;
    EXPECT_FALSE(bytes_hold_two_pixels(labelled(3838, 7420, "SerialEM")));
    Header two = with(labelled(3838, 7420), nlabl, 2);
    two.set_text(label, "another", 1);
    EXPECT_FALSE(bytes_hold_two_pixels(two));
}

TEST(PackedBytes, StayToldInTheCompressedAndThePlainFileMadeOfThem) {
    for (const Header& source : {flagged(16), labelled(3838, 7420)}) {
        const header::Layout layout = layout_of(source);
        EXPECT_EQ(layout.type, PixelType::uint4);
        const Header packed = header::compressed_header(layout, 6);
        EXPECT_EQ(packed.integer(mode), 6000);
        EXPECT_EQ(packed.nx(), source.nx());
        EXPECT_TRUE(bytes_hold_two_pixels(packed));
        const Header plain = header::plain_header(layout_of(packed), 2);
        EXPECT_EQ(plain.integer(mode), 0);
        EXPECT_EQ(plain.integer(nversion), 0) << "no version of the standard has such";
        EXPECT_TRUE(bytes_hold_two_pixels(plain));
    }
}

TEST(PackedBytes, LayoutHasTheColumnsThereAre) {
    const header::Layout layout = layout_of(flagged(16));
    EXPECT_EQ(layout.columns, 128);
    EXPECT_EQ(layout.rows, 48);
    EXPECT_EQ(layout.frame_bytes, 64U * 48);
    EXPECT_FALSE(header::packing_is_open(layout));
    EXPECT_EQ(layout.findings.back().rule, "MRC-P01");
}

}  // namespace mrcz::header_test
