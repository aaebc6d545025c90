#include "meta/msgpack_values.hpp"

#include <string_view>

#include "unit/meta/documents.hpp"

namespace mrcz::meta {

using namespace std::string_view_literals;
using meta_test::bytes;

TEST(MsgpackValues, TimestampsOfAllThreeSizesAreRead) {
    EXPECT_EQ(timestamp_text(bytes("\xff\xff\xff\xff"sv)), "2106-02-07T06:28:15Z");
    // 250,000,000 ns << 34 | 1715938200 s
    EXPECT_EQ(timestamp_text(bytes("\x3b\x9a\xca\x00\x66\x47\x23\x98"sv)), "2024-05-17T09:30:00.25Z");
    EXPECT_EQ(timestamp_text(bytes("\x00\x00\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff"sv)),
              "1969-12-31T23:59:59.000000001Z");
}

TEST(MsgpackValues, TimestampsThatIso8601CannotSayHaveNoText) {
    EXPECT_FALSE(timestamp_text(bytes("")));
    EXPECT_FALSE(timestamp_text(bytes("12345")));
    EXPECT_FALSE(timestamp_text(bytes("\x3b\x9a\xca\x00\0\0\0\0\0\0\0\0"sv)));          // 1e9 ns
    EXPECT_FALSE(timestamp_text(bytes("\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"sv)));  // far future
    EXPECT_FALSE(timestamp_text(bytes("\0\0\0\0\x80\x00\x00\x00\x00\x00\x00\x00"sv)));  // far past
    EXPECT_EQ(timestamp_text(bytes("\0\0\0\0\x00\x00\x00\x3a\xff\xf4\x41\x7f"sv)), "9999-12-31T23:59:59Z");
    EXPECT_FALSE(timestamp_text(bytes("\0\0\0\0\x00\x00\x00\x3a\xff\xf4\x41\x80"sv)));
    EXPECT_EQ(timestamp_text(bytes("\0\0\0\0\xff\xff\xff\xf1\x86\x8b\x84\x00"sv)), "0000-01-01T00:00:00Z");
}

}  // namespace mrcz::meta
