#include "meta/json_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mrcz::meta {

TEST(JsonWriter, WritesEveryKindOfValue) {
    JsonWriter writer;
    writer.begin_object()
        .member("text", "a\"b\n")
        .member("int", -3)
        .member("unsigned", 7u)
        .member("least", std::numeric_limits<std::int64_t>::min())
        .member("most", std::numeric_limits<std::uint64_t>::max())
        .member("flag", true)
        .member("double", 0.5);
    writer.key("none").null().key("list").begin_array().value(1).value("x").end_array().end_object();
    EXPECT_EQ(writer.take(),
              "{\"text\":\"a\\\"b\\n\",\"int\":-3,\"unsigned\":7,\"least\":-9223372036854775808,"
              "\"most\":18446744073709551615,\"flag\":true,\"double\":0.5,\"none\":null,\"list\":[1,\"x\"]}");
}

TEST(JsonWriter, IndentsByTwo) {
    JsonWriter writer(true);
    writer.begin_object().member("a", 1).key("b").begin_array().value(1).end_array().key("c").begin_object();
    writer.end_object().end_object();
    EXPECT_EQ(writer.take(), "{\n  \"a\": 1,\n  \"b\": [\n    1\n  ],\n  \"c\": {}\n}");
}

TEST(JsonWriter, NonFiniteNumbersAreNull) {
    JsonWriter writer;
    writer.begin_array().value(std::nan("")).value(HUGE_VAL).value(-HUGE_VAL).end_array();
    EXPECT_EQ(writer.take(), "[null,null,null]");
}

TEST(JsonWriter, BytesThatAreNoUtf8AreReplaced) {
    JsonWriter writer;
    writer.begin_object().member("k\xff", "\xc3(\xe2\x82").end_object();
    EXPECT_EQ(writer.take(), "{\"k\xef\xbf\xbd\":\"\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"}");
}

TEST(JsonWriter, EmptyAndNulTextIsKept) {
    JsonWriter writer;
    writer.begin_array().value(std::string_view()).value(std::string_view("a\0b", 3)).end_array();
    EXPECT_EQ(writer.take(), "[\"\",\"a\\u0000b\"]");
}

TEST(JsonWriter, RawDocumentsTakeItsLayoutAndKeepTheirDigits) {
    JsonWriter compact;
    compact.begin_array().raw(" {\"a\" : [1.50,\n 1E5]}").raw("2").end_array();
    EXPECT_EQ(compact.take(), "[{\"a\":[1.50,1E5]},2]");
    JsonWriter indented(true);
    indented.begin_object().key("m").raw("{\"a\":[1.50],\"b\":true}").end_object();
    EXPECT_EQ(indented.take(), "{\n  \"m\": {\n    \"a\": [\n      1.50\n    ],\n    \"b\": true\n  }\n}");
}

}  // namespace mrcz::meta
