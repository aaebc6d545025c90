#include "mrcz/pixel_type.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mrcz {
namespace {

constexpr int pixel_type_count = static_cast<int>(PixelType::uint4) + 1;

}  // namespace

TEST(PixelType, RowsStandInTheOrderOfTheEnumeration) {
    for (int i = 0; i < pixel_type_count; ++i) {
        const auto type = static_cast<PixelType>(i);
        EXPECT_EQ(info_of(type).type, type) << i;
    }
}

TEST(PixelType, NamesDiffer) {
    std::set<std::string> names;
    for (int i = 0; i < pixel_type_count; ++i) names.emplace(info_of(static_cast<PixelType>(i)).name);
    EXPECT_EQ(names.size(), static_cast<std::size_t>(pixel_type_count));
    EXPECT_FALSE(names.contains(""));
}

TEST(PixelType, SizesAreThoseOfTheirNumbers) {
    const auto sizes_are = [](PixelType type, int pixel, int word) {
        EXPECT_EQ(info_of(type).pixel_bytes, pixel) << info_of(type).name;
        EXPECT_EQ(info_of(type).word_bytes, word) << info_of(type).name;
    };
    for (const PixelType type : {PixelType::int8, PixelType::uint8}) sizes_are(type, 1, 1);
    for (const PixelType type : {PixelType::int16, PixelType::uint16, PixelType::float16}) sizes_are(type, 2, 2);
    for (const PixelType type : {PixelType::int32, PixelType::uint32, PixelType::float32}) sizes_are(type, 4, 4);
    sizes_are(PixelType::complex_int16, 4, 2);
    sizes_are(PixelType::complex_float32, 8, 4);
    sizes_are(PixelType::rgb8, 3, 1);
    sizes_are(PixelType::uint4, 1, 1);  // of two pixels
}

TEST(PixelType, IsFoundByItsNameAndNumPysShortOne) {
    for (int i = 0; i < pixel_type_count; ++i)
        EXPECT_EQ(find_pixel_type(info_of(static_cast<PixelType>(i)).name), static_cast<PixelType>(i));
    EXPECT_EQ(find_pixel_type("u1"), PixelType::uint8);
    EXPECT_EQ(find_pixel_type("i2"), PixelType::int16);
    EXPECT_EQ(find_pixel_type("u4"), PixelType::uint32) << "four bytes, as NumPy has it";
    EXPECT_EQ(find_pixel_type("f2"), PixelType::float16);
    EXPECT_EQ(find_pixel_type("c8"), PixelType::complex_float32);
    for (const char* name : {"", "float", "f8", "INT8", "int8 "})
        EXPECT_EQ(find_pixel_type(name), std::nullopt) << name;
}

TEST(PixelType, PixelsOfOneNumberAreOrdered) {
    for (int i = 0; i < pixel_type_count; ++i) {
        const PixelTypeInfo& info = info_of(static_cast<PixelType>(i));
        EXPECT_EQ(info.ordered, info.pixel_bytes == info.word_bytes) << info.name;
    }
}

}  // namespace mrcz
