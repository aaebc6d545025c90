#include <gtest/gtest.h>

#include "kit/damage.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

struct Row {
    std::string_view text;
    std::int64_t first, last;
};

TEST(FrameRange, ReadsAsPythonSlicesDo) {
    for (const Row& row : {Row{"10:20", 10, 20},
                           {":5", 0, 5},
                           {"-1:", 29, 30},
                           {"7", 7, 8},
                           {":", 0, 30},
                           {"0:30", 0, 30},
                           {"-3:-1", 27, 29},
                           {"-1", 29, 30},
                           {"29", 29, 30},
                           {"-30:", 0, 30},
                           {"0:1", 0, 1},
                           {":-29", 0, 1},
                           {"007:8", 7, 8}}) {
        const FrameRange range = FrameRange::parse(row.text, 30);
        EXPECT_EQ(range.first, row.first) << row.text;
        EXPECT_EQ(range.last, row.last) << row.text;
    }
}

TEST(FrameRange, ThatSelectsNothingOrTooMuchIsRefused) {
    for (const std::string_view text : {"5:5", "6:5", "30", "30:", "0:31", "-31", "-31:", ":-30", "31:40", ":0", "-1:0",
                                        "9223372036854775807", "9223372036854775807:", ":9223372036854775807",
                                        "-9223372036854775808", "-9223372036854775808:-9223372036854775808"}) {
        const Error error = kit::error_of([&] { (void)FrameRange::parse(text, 30); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << text;
        EXPECT_NE(error.message().find("0 to 29"), std::string::npos) << error.message();
    }
}

TEST(FrameRange, ThatIsNoRangeIsRefusedWithAnExample) {
    for (const std::string_view text : {"", "a", "1-2", "1:2:3", "::", " 1", "1 ", "+1", "1.5", "0x10", "--1", "-",
                                        "1:b", "9223372036854775808", "\n"}) {
        const Error error = kit::error_of([&] { (void)FrameRange::parse(text, 30); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << text;
        EXPECT_NE(error.message().find("10:20"), std::string::npos) << error.message();
        EXPECT_EQ(error.message().find('\n'), std::string::npos);
    }
}

TEST(FrameRange, OfAnEmptyStackIsRefused) {
    for (const std::string_view text : {":", "0", "-1", "0:0"})
        EXPECT_EQ(kit::error_of([&] { (void)FrameRange::parse(text, 0); }).code(), ErrorCode::invalid_argument) << text;
}

}  // namespace
}  // namespace mrcz
