#include "meta/base64.hpp"

#include <gtest/gtest.h>

namespace mrcz::meta {
namespace {

using std::string_view_literals::operator""sv;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(MsgpackValues, Base64IsThatOfRfc4648) {
    EXPECT_EQ(base64({}), "");
    EXPECT_EQ(base64(bytes("f")), "Zg==");
    EXPECT_EQ(base64(bytes("fo")), "Zm8=");
    EXPECT_EQ(base64(bytes("foo")), "Zm9v");
    EXPECT_EQ(base64(bytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(base64(bytes("\xfb\xff\xbf"sv)), "+/+/");
}

TEST(Base64, TextGivesItsBytesBack) {
    for (const std::string_view text : {""sv, "f"sv, "fo"sv, "foo"sv, "foobar"sv, "\xfb\xff\xbf\0"sv}) {
        const auto back = from_base64(base64(bytes(text)));
        ASSERT_TRUE(back);
        EXPECT_TRUE(std::ranges::equal(*back, bytes(text)));
    }
}

TEST(Base64, WhatItDoesNotWriteIsRefused) {
    for (const std::string_view text :
         {"Z"sv, "Zg="sv, "Zg=a"sv, "Z*=="sv, "Zh=="sv, "===="sv, "Zg==Zg=="sv, "Zm9v\n"sv})
        EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace mrcz::meta
