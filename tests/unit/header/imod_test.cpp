#include "header/imod.hpp"

#include <gtest/gtest.h>

#include "header/compose.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using namespace std::string_view_literals;
using enum HeaderField;

namespace {

using Origin = std::array<float, 3>;

header::Layout layout_of(const Header& header) { return header::read_layout(header.bytes(), Limits{}); }
Origin origin_of(const Header& header) { return {header.real(origin_x), header.real(origin_y), header.real(origin_z)}; }

}  // namespace

TEST(OldImod, OriginIsFoundInBothByteOrders) {
    for (const Header& file : {old_imod_header(), old_imod_header_big_endian()}) {
        const header::Layout layout = layout_of(file);
        EXPECT_EQ(header::imod::old_origin(layout.header, layout.order), (Origin{20, 30, 10}));
    }
    EXPECT_EQ(layout_of(old_imod_header_big_endian()).order, ByteOrder::big);
    EXPECT_FALSE(header::imod::old_origin(clean_header(), ByteOrder::little));
}

TEST(OldImod, NewHeadersHaveTheOriginWhereTheStandardWantsIt) {
    for (const Header& file : {old_imod_header(), old_imod_header_big_endian()}) {
        const header::Layout layout = layout_of(file);
        for (const Header& header : {header::compressed_header(layout, 6), header::plain_header(layout, 7)}) {
            EXPECT_EQ(origin_of(header), (Origin{-20, -30, -10}));
            EXPECT_EQ(header.text(map), "MAP ");
            EXPECT_EQ(header.text(machst).substr(0, 2), "DD");
            EXPECT_EQ(header.real(rms), -1);
        }
    }
}

TEST(Imod, NegatedOriginTurnsWhenVersionIsSet) {
    const Header old = with(with(with_real(clean_header(), origin_y, 7.5F), imod_stamp, 1146047817), nversion, 0);
    EXPECT_TRUE(header::imod::origin_is_negated(old));
    const Header plain = header::plain_header(layout_of(old), 7);
    EXPECT_EQ(origin_of(plain), (Origin{0, -7.5F, 0}));
    EXPECT_EQ(plain.integer(imod_flags), 4);
    EXPECT_FALSE(header::imod::origin_is_negated(plain));
    // A compressed header keeps NVERSION and flags, and so the sign.
    EXPECT_EQ(origin_of(header::compressed_header(layout_of(old), 6)), (Origin{0, 7.5F, 0}));
}

}  // namespace mrcz::header_test
