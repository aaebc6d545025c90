#include "header/mode0.hpp"

#include <gtest/gtest.h>

#include "header/compose.hpp"
#include "header/modes.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::Layout;
using enum HeaderField;

namespace {

constexpr std::int64_t imod = 1146047817;

Layout layout_of(const Header& header, Mode0 choice) {
    Layout layout = header::read_layout(header.bytes(), Limits{});
    header::read_mode0_as(layout, choice);
    return layout;
}

/// Bytes that the header takes for unsigned, or for signed.
Header bytes_file(float greatest) {
    return with_real(with_real(with_real(with(clean_header(), mode, 0), dmin, 0), dmax, greatest), dmean, 50);
}

}  // namespace

TEST(Mode0Choice, DecidesThePixelType) {
    for (const float greatest : {100.0F, 255.0F}) {
        EXPECT_EQ(layout_of(bytes_file(greatest), Mode0::as_signed).type, PixelType::int8);
        EXPECT_EQ(layout_of(bytes_file(greatest), Mode0::as_unsigned).type, PixelType::uint8);
        EXPECT_EQ(layout_of(with(bytes_file(greatest), mode, 5), Mode0::as_unsigned).type, PixelType::uint8);
    }
    EXPECT_EQ(layout_of(bytes_file(100), Mode0::by_header).type, PixelType::int8);
    EXPECT_EQ(layout_of(bytes_file(255), Mode0::by_header).type, PixelType::uint8);
}

TEST(Mode0Choice, LeavesOtherModesAlone) {
    for (const std::int64_t number : {1, 2, 6, 16, 17}) {
        const Layout layout = layout_of(with(bytes_file(100), mode, number), Mode0::as_unsigned);
        EXPECT_EQ(layout.type, header::find_mode(static_cast<std::int32_t>(number))->type);
        EXPECT_EQ(layout.mode0, Mode0::by_header);
    }
}

TEST(Mode0Choice, ContradictsOnlyAnotherAnswer) {
    EXPECT_TRUE(header::mode0_is_contradicted(layout_of(bytes_file(255), Mode0::as_signed)));
    EXPECT_TRUE(header::mode0_is_contradicted(layout_of(bytes_file(100), Mode0::as_unsigned)));
    EXPECT_FALSE(header::mode0_is_contradicted(layout_of(bytes_file(255), Mode0::as_unsigned)));
    EXPECT_FALSE(header::mode0_is_contradicted(layout_of(bytes_file(255), Mode0::by_header)));
}

TEST(Mode0Choice, IsFoundAgainInNewHeadersWhateverTheirStatistics) {
    for (const Mode0 choice : {Mode0::as_signed, Mode0::as_unsigned})
        for (const float greatest : {100.0F, 255.0F})
            for (const Header& source : {bytes_file(greatest), with(bytes_file(greatest), imod_stamp, imod),
                                         with(with(bytes_file(greatest), imod_stamp, imod), imod_flags, 1 | 8)}) {
                const Layout layout = layout_of(source, choice);
                for (const Header& header : {header::compressed_header(layout, 6), header::plain_header(layout, 7)}) {
                    EXPECT_EQ(header::mode0_is_signed(header), choice == Mode0::as_signed);
                    EXPECT_EQ(layout_of(header, Mode0::by_header).type, layout.type);
                }
            }
}

TEST(Mode0Choice, KeepsWhatElseImodsFlagsSay) {
    const Header stamped = with(with(bytes_file(100), imod_stamp, imod), imod_flags, 1 | 8);
    EXPECT_EQ(header::compressed_header(layout_of(stamped, Mode0::as_unsigned), 6).integer(imod_flags), 8);
    const Header strange = with(bytes_file(100), imod_flags, -128);  // no stamp: not IMOD's
    EXPECT_EQ(header::compressed_header(layout_of(strange, Mode0::as_signed), 6).integer(imod_flags), 1 | 4);
    EXPECT_EQ(header::compressed_header(layout_of(strange, Mode0::by_header), 6).integer(imod_flags), -128);
}

}  // namespace mrcz::header_test
