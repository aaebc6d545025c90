#include "meta/json_value.hpp"

#include <gtest/gtest.h>

#include "mrcz/error.hpp"

namespace mrcz::meta {
namespace {

TEST(JsonValue, GivesEveryKindOfValue) {
    const auto tree = JsonValue::parse(R"({"a": [1, -2.5, "t\u0065xt", null], "b": {"c": true}})", {});
    const auto items = tree.find("a")->items();
    ASSERT_EQ(items.size(), 4U);
    EXPECT_EQ(items[0].whole_number(), 1U);
    EXPECT_EQ(items[1].number(), -2.5);
    EXPECT_EQ(items[2].text(), "text");
    EXPECT_TRUE(items[3].is(JsonValue::Kind::null));
    EXPECT_EQ(tree.find("b")->find("c")->boolean(), true);
    EXPECT_EQ(tree.find("d"), nullptr);
}

TEST(JsonValue, OnlyWholeNumbersAreWholeNumbers) {
    const auto tree = JsonValue::parse(R"([-1, 1.0, 1e3, 18446744073709551615, 18446744073709551616, "1"])", {});
    for (const std::size_t i : {0U, 1U, 2U, 4U, 5U}) EXPECT_FALSE(tree.items()[i].whole_number()) << i;
    EXPECT_EQ(tree.items()[3].whole_number(), 18446744073709551615U);
}

TEST(JsonValue, IsWrittenAsItWasRead) {
    const std::string text = R"({"a":[1,2.50,1e400000,"x",null,false],"b":{}})";
    EXPECT_THROW((void)JsonValue::parse(text, {}), Error);  // no double has 1e400000
    const std::string small = R"({"a":[1,2.50,1E4,"x",null,false],"b":{}})";
    EXPECT_EQ(JsonValue::parse(small, {}).to_json(), small);
}

TEST(JsonValue, OfDoublesTheLastCountsAndBothGo) {
    auto tree = JsonValue::parse(R"({"a":1,"a":2,"b":3})", {});
    EXPECT_EQ(tree.find("a")->whole_number(), 2U);
    tree.remove("a");
    EXPECT_EQ(tree.to_json(), R"({"b":3})");
}

TEST(JsonValue, DepthAndSizeAreBounded) {
    Limits limits;
    limits.metadata_depth = 3;
    EXPECT_NO_THROW((void)JsonValue::parse("[[[1]]]", limits));
    EXPECT_THROW((void)JsonValue::parse("[[[[1]]]]", limits), Error);
    limits.metadata_bytes = 64;
    EXPECT_NO_THROW((void)JsonValue::parse("[11]", limits));
    EXPECT_THROW((void)JsonValue::parse("[111]", limits), Error);
}

}  // namespace
}  // namespace mrcz::meta
