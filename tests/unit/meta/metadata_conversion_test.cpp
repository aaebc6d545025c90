#include "base/text.hpp"
#include "unit/meta/documents.hpp"

namespace mrcz::meta_test {

using namespace std::string_view_literals;

namespace {

std::string there_and_back(std::string_view json) {
    const Metadata there = Metadata::from_json(json).converted_to(MetadataFormat::msgpack);
    return stored_text(there.converted_to(MetadataFormat::json));
}

std::string packed(std::string_view json) {
    return stored_text(Metadata::from_json(json).converted_to(MetadataFormat::msgpack));
}

std::optional<Error> conversion_error(std::string_view msgpack) {
    return error_of([&] { return Metadata::from_msgpack(bytes(msgpack)).converted_to(MetadataFormat::json); });
}

}  // namespace

TEST(MetadataConversion, JsonSurvivesMessagePack) {
    for (const auto text : {"null",
                            "[]",
                            "{}",
                            "\"\"",
                            "18446744073709551615",
                            "-9223372036854775808",
                            "0",
                            "-1",
                            "1e+308",
                            "5e-324",
                            "0.1",
                            "-0.0",
                            "1.0",
                            "300000.0",
                            "1e+16",
                            "[[],[[]],{\"a\":{}}]",
                            "\"größe Å é \xf0\x9f\x98\x80\"",
                            "{\"a\":1,\"a\":2}",
                            "\"\\u0000\\n\\\"\\\\\"",
                            "[true,false,null]",
                            "{\"detector\":{\"gain\":[1,2.5,\"x\"],\"größe\":[]},\"dose\":1.23456789012345}"}) {
        EXPECT_EQ(there_and_back(text), text);
    }
}

TEST(MetadataConversion, LargeContainersSurviveMessagePack) {
    for (const std::size_t items : {15u, 16u, 65'535u, 65'536u}) {
        const std::string array = concat("[", repeated("[1],", items - 1), "[\"", std::string(items, 'x'), "\"]]");
        EXPECT_EQ(there_and_back(array), array);
        const std::string object = concat("{", repeated("\"k\":{},", items - 1), "\"k\":[0]}");
        EXPECT_EQ(there_and_back(object), object);
    }
}

TEST(MetadataConversion, IntegersStayIntegersAndTheRestAreDoubles) {
    EXPECT_EQ(packed("5"), "\x05");
    EXPECT_EQ(packed("-0"), "\0"sv);
    EXPECT_EQ(packed("5.0"), "\xcb\x40\x14\x00\x00\x00\x00\x00\x00"sv);
    EXPECT_EQ(packed("5e0"), "\xcb\x40\x14\x00\x00\x00\x00\x00\x00"sv);
    EXPECT_EQ(packed("1e-400"), "\xcb\x00\x00\x00\x00\x00\x00\x00\x00"sv);
}

TEST(MetadataConversion, AnIntegerBeyond64BitsIsRefusedWithItsPath) {
    const auto error = error_of(
        [] { return Metadata::from_json("{\"a\":[0,18446744073709551616]}").converted_to(MetadataFormat::msgpack); });
    expect_error(error, ErrorCode::invalid_argument,
                 "$.a[1]: MessagePack has no integers beyond 64 bits; store as json");
}

TEST(MetadataConversion, WhatJsonCannotHoldIsRefusedWithItsPath) {
    expect_error(conversion_error("\x81\xa8"
                                  "detector\x81\xa4gain\x94\x01\x80\x91\x01\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"sv),
                 ErrorCode::invalid_argument, "$.detector.gain[3]: NaN has no JSON form; MessagePack has one");
    expect_error(conversion_error("\xca\xff\x80\x00\x00"sv), ErrorCode::invalid_argument,
                 "$: -Infinity has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x91\xc4\x01x"sv), ErrorCode::invalid_argument,
                 "$[0]: binary has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x91\xd4\x07x"sv), ErrorCode::invalid_argument,
                 "$[0]: extension type 7 has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x91\xd6\xff\x00\x00\x00\x00"sv), ErrorCode::invalid_argument,
                 "$[0]: a timestamp has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x91\xa1\xff"sv), ErrorCode::invalid_argument,
                 "$[0]: text that is not UTF-8 has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x81\xa1m\x82\xa1k\x01\x02\x03"sv), ErrorCode::invalid_argument,
                 "$.m: a key that is no text has no JSON form; MessagePack has one");
    expect_error(conversion_error("\x81\xa1\xff\x01"sv), ErrorCode::invalid_argument,
                 "$: a key that is not UTF-8 has no JSON form; MessagePack has one");
}

TEST(MetadataConversion, ResultsKeepTheLimits) {
    Limits limits;
    limits.metadata_bytes = 4;
    const auto error = error_of(
        [&] { return Metadata::from_msgpack(bytes("\x92\xc0\xc0"sv)).converted_to(MetadataFormat::json, limits); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), ErrorCode::limit_exceeded);
}

TEST(MetadataConversion, ToTheSameFormatChangesNoByte) {
    EXPECT_EQ(stored_text(Metadata::from_json(" [1]").converted_to(MetadataFormat::json)), " [1]");
}

}  // namespace mrcz::meta_test
