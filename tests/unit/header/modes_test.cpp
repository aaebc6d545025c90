#include "header/modes.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "kit/images.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::find_mode;
using header::mode0_is_signed;
using header::mode_for;
using enum HeaderField;

namespace {

constexpr std::int64_t imod = 1146047817;

Header with_range(float least, float greatest) {
    return with_real(with_real(with(clean_header(), mode, 0), dmin, least), dmax, greatest);
}

}  // namespace

TEST(Modes, HaveTheirPixelTypes) {
    const std::pair<int, PixelType> types[] = {
        {0, PixelType::int8},          {1, PixelType::int16},           {2, PixelType::float32},
        {3, PixelType::complex_int16}, {4, PixelType::complex_float32}, {5, PixelType::int8},
        {6, PixelType::uint16},        {7, PixelType::int32},           {8, PixelType::uint32},
        {12, PixelType::float16},      {16, PixelType::rgb8},           {17, PixelType::int8},
        {101, PixelType::uint4},
    };
    for (const auto& [number, type] : types) {
        ASSERT_NE(find_mode(number), nullptr) << number;
        EXPECT_EQ(find_mode(number)->type, type) << number;
    }
}

TEST(Modes, UnknownOnesAreNotFound) {
    for (const int number : {-1, 9, 10, 11, 13, 15, 18, 100, 999, 1000})
        EXPECT_EQ(find_mode(number), nullptr) << number;
}

TEST(Modes, StandardOnesAreThoseOfMrc2014) {
    for (const int number : {0, 1, 2, 3, 4, 6, 12}) EXPECT_TRUE(find_mode(number)->standard) << number;
    for (const int number : {5, 7, 8, 16, 17, 101}) {
        EXPECT_FALSE(find_mode(number)->standard) << number;
        EXPECT_FALSE(find_mode(number)->note.empty()) << number;
    }
}

TEST(Modes, PixelTypesGoToTheModeTheyAreReadFrom) {
    for (const PixelType type : kit::pixel_types_with_a_mode()) {
        ASSERT_TRUE(mode_for(type).has_value()) << info_of(type).name;
        EXPECT_EQ(find_mode(*mode_for(type))->type, type) << info_of(type).name;
    }
    EXPECT_EQ(mode_for(PixelType::int8), 0);
    EXPECT_EQ(mode_for(PixelType::uint4), 101);
    EXPECT_EQ(mode_for(PixelType::uint8), std::nullopt);
}

TEST(Mode0, FlagDecidesWhereImodsStampStands) {
    const Header looks_unsigned = with(with_range(0, 255), imod_stamp, imod);
    EXPECT_TRUE(mode0_is_signed(with(looks_unsigned, imod_flags, 1)));
    EXPECT_TRUE(mode0_is_signed(with(looks_unsigned, imod_flags, 1 | 4 | 16)));
    const Header looks_signed = with(with_range(-100, 100), imod_stamp, imod);
    EXPECT_FALSE(mode0_is_signed(with(looks_signed, imod_flags, 0)));
    EXPECT_FALSE(mode0_is_signed(with(looks_signed, imod_flags, 4)));
}

TEST(Mode0, FlagsWithoutTheStampAreIgnored) {
    EXPECT_FALSE(mode0_is_signed(with(with_range(0, 255), imod_flags, -127)));
    EXPECT_TRUE(mode0_is_signed(with(with_range(-5, 5), imod_flags, -128)));
}

TEST(Mode0, NegativeMinimumAndSmallMaximumAreSigned) {
    EXPECT_TRUE(mode0_is_signed(with_range(-128, 127)));
    EXPECT_TRUE(mode0_is_signed(with_range(-1, 127.9F)));
    EXPECT_TRUE(mode0_is_signed(with_range(-20, -10)));
}

TEST(Mode0, NoNegativeMinimumAndLargeMaximumAreUnsigned) {
    EXPECT_FALSE(mode0_is_signed(with_range(0, 128)));
    EXPECT_FALSE(mode0_is_signed(with_range(0, 255)));
    EXPECT_FALSE(mode0_is_signed(with_range(130, 200)));
}

TEST(Mode0, NegativeMinimumAndLargeMaximumGoWithTheFartherOne) {
    EXPECT_TRUE(mode0_is_signed(with_range(-100, 130)));
    EXPECT_FALSE(mode0_is_signed(with_range(-2, 255)));
    EXPECT_FALSE(mode0_is_signed(with_range(-10, 138)));
    EXPECT_TRUE(mode0_is_signed(with_range(-10, 137)));
}

TEST(Mode0, RangesThatReadAlikeEitherWayAreSignedAsInTheStandard) {
    EXPECT_TRUE(mode0_is_signed(with_range(0, 127)));
    EXPECT_TRUE(mode0_is_signed(with_range(0, 0)));
}

TEST(Mode0, UnknownStatisticsAreSignedAsInTheStandard) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const std::pair<float, float> unknown[] = {{0, -1},       {2, 1},     {3, 2},         {-1, -2},
                                               {1e38F, 0},    {nan, nan}, {200, 150},     {nan, 255},
                                               {-3e38F, nan}, {0, nan},   {1e38F, -1e38F}};
    for (const auto& [least, greatest] : unknown)
        EXPECT_TRUE(mode0_is_signed(with_range(least, greatest))) << least << ' ' << greatest;
}

}  // namespace mrcz::header_test
