#include "jobs/acquisition.hpp"

#include <gtest/gtest.h>

#include "jobs/session_order.hpp"

namespace mrcz::jobs {
namespace {

TEST(AcquisitionTime, DatesCountSecondsSince1970) {
    EXPECT_EQ(seconds_of("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(seconds_of("1970-01-02"), 86400);
    EXPECT_EQ(seconds_of("2000-02-29 12:30:05"), 951827405);
    EXPECT_EQ(seconds_of("2022-12-05T12:13:07.250"), 1670242387.25);
    EXPECT_EQ(seconds_of("2022/12/05 12:13:07"), 1670242387);
    EXPECT_EQ(seconds_of("2022-12-05T14:13:07+02:00"), 1670242387);
    EXPECT_EQ(seconds_of("2022-12-05T06:43:07-0530"), 1670242387);
}

TEST(AcquisitionTime, AnythingElseIsNone) {
    for (const char* text : {"", "today", "2022", "2022-13-01", "2023-02-29", "2022-12-05T12", "2022-12-05T12:13:07x",
                             "05-Dec-2022", "2022-12-05T12:13:07+2", "2022-12-05T24:13:07", "2022-12-05T12:60:07",
                             "2022-12-05T12:13:61", "2022-12-05T12:13:07+99:00", "22-12-05", "20221-12-05"})
        EXPECT_FALSE(seconds_of(text)) << text;
}

TEST(SessionOrder, NumbersInNamesCount) {
    EXPECT_TRUE(is_before_by_nature("m9.mrc", "m10.mrc"));
    EXPECT_FALSE(is_before_by_nature("m10.mrc", "m9.mrc"));
    EXPECT_TRUE(is_before_by_nature("a2b10", "a2b11"));
    EXPECT_TRUE(is_before_by_nature("m", "m1"));
    EXPECT_TRUE(is_before_by_nature("a1", "b0"));
    EXPECT_FALSE(is_before_by_nature("m1", "m1"));
    EXPECT_NE(is_before_by_nature("m01", "m1"), is_before_by_nature("m1", "m01"));
    EXPECT_TRUE(is_before_by_nature("m99999999999999999999998", "m99999999999999999999999"));
}

}  // namespace
}  // namespace mrcz::jobs
