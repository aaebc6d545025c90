#include "meta/utf8.hpp"

#include <gtest/gtest.h>

namespace mrcz::meta {

TEST(Utf8, EveryBoundaryIsWhereTheStandardPutsIt) {
    for (const auto text : {"", "a\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                            "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
    for (const auto text : {"\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe1\x80",
                            "\xe1\x80\xc0", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
}

TEST(Utf8, RepairReplacesOnlyWhatIsBroken) {
    EXPECT_EQ(repaired_utf8("é\xff\xe1\x80z"), "é\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
    EXPECT_EQ(repaired_utf8(""), "");
}

}  // namespace mrcz::meta
