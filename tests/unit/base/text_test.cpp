#include "base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mrcz {

using namespace std::string_view_literals;

TEST(Concat, PutsPartsSideBySide) {
    EXPECT_EQ(concat(), "");
    EXPECT_EQ(concat("a", std::string("b"), "c"sv, 'd'), "abcd");
    EXPECT_EQ(concat(0, ' ', -1, ' ', std::numeric_limits<std::uint64_t>::max()), "0 -1 18446744073709551615");
    EXPECT_EQ(concat(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(concat(std::uint8_t{65}), "65");
}

TEST(Concat, DoublesHaveTheirShortestExactForm) {
    EXPECT_EQ(concat(0.1), "0.1");
    EXPECT_EQ(concat(1.0), "1");
    EXPECT_EQ(concat(-0.0), "-0");
    EXPECT_EQ(concat(2.27e20), "2.27e+20");
    EXPECT_EQ(concat(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(concat(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
    EXPECT_EQ(concat(std::numeric_limits<double>::denorm_min()), "5e-324");
    EXPECT_EQ(concat(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(concat(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Hex, IsLowerCaseWithoutLeadingZeros) {
    EXPECT_EQ(hex(0), "0x0");
    EXPECT_EQ(hex(0x1f40), "0x1f40");
    EXPECT_EQ(hex(std::numeric_limits<std::uint64_t>::max()), "0xffffffffffffffff");
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
    EXPECT_EQ(printable("MAP "), "MAP ");
    EXPECT_EQ(printable("a\0b\x1b[31m"sv), "a\\x00b\\x1b[31m");
    EXPECT_EQ(printable("\x7f\x80\xff\n"), "\\x7f\\x80\\xff\\x0a");
    EXPECT_EQ(printable("C:\\x41"), "C:\\x5cx41");
}

TEST(Printable, CutsAfterTheMostCharacters) {
    EXPECT_EQ(printable("abcdef", 6), "abcdef");
    EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
    EXPECT_EQ(printable(std::string(41, 'x')), std::string(40, 'x') + "...");
    EXPECT_EQ(printable("", 0), "");
}

}  // namespace mrcz
