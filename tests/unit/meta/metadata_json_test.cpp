#include <limits>
#include <random>

#include "unit/meta/documents.hpp"

namespace mrcz::meta_test {

using namespace std::string_view_literals;

TEST(MetadataJson, IsStoredByteForByte) {
    const std::string_view text = " { \"a\" : [1.50, 2E+3, \"\\u00e9\"] }\n";
    const Metadata metadata = Metadata::from_json(text);
    EXPECT_EQ(metadata.format(), MetadataFormat::json);
    EXPECT_EQ(stored_text(metadata), text);
}

TEST(MetadataJson, ValidDocumentsAreAccepted) {
    for (const auto text : {"0", "-0", "\"\"", "null", "true", "[]", "{}", " \t\r\n[ ] ", "1e-400", "0.1e309",
                            "123456789012345678901234567890", "\"\\ud83d\\ude00\\u0000\"", "{\"a\":1,\"a\":2}",
                            "\"\xf0\x9f\x98\x80\x7f\""}) {
        EXPECT_FALSE(json_error(text)) << text;
    }
}

TEST(MetadataJson, InvalidDocumentsAreCorrupt) {
    for (const auto text : {""sv,      " "sv,         "["sv,      "{\"a\":1,}"sv, "[1,]"sv,
                            "[1 2]"sv, "{a:1}"sv,     "'a'"sv,    "01"sv,         "1."sv,
                            ".5"sv,    "+1"sv,        "1e"sv,     "tru"sv,        "// c\n1"sv,
                            "1 2"sv,   "\"\\x41\""sv, "\"\t\""sv, "\"a"sv,        "\xef\xbb\xbf{}"sv,
                            "nan"sv,   "-"sv,         "1e309"sv,  "9e308"sv,      "]"sv,
                            "{}\0"sv,  "[\0]"sv,      "\"\0\""sv}) {
        const auto error = json_error(text);
        ASSERT_TRUE(error) << text;
        EXPECT_EQ(error->code(), ErrorCode::corrupt) << text;
        EXPECT_TRUE(error->message().starts_with("JSON, line 1, column ") || text.starts_with("//"))
            << error->message();
    }
}

TEST(MetadataJson, BytesThatAreNoUtf8AreCorrupt) {
    for (const auto text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
                            "\"\x80\"", "{\"\xff\":1}"}) {
        const auto error = json_error(text);
        ASSERT_TRUE(error) << text;
        EXPECT_EQ(error->code(), ErrorCode::corrupt) << text;
    }
    expect_error(json_error("[\"a\xff\"]"), ErrorCode::corrupt, "JSON, line 1, column 4: invalid encoding in string");
}

TEST(MetadataJson, HalfASurrogatePairIsCorrupt) {
    expect_error(json_error("[\"\\ud800\"]"), ErrorCode::corrupt,
                 "JSON, line 1, column 3: the surrogate pair in string is invalid");
    expect_error(json_error("{\"a\":\"\\udc00\"}"), ErrorCode::corrupt,
                 "JSON, line 1, column 14: $.a: \\u escape of half a surrogate pair");
}

TEST(MetadataJson, ErrorsNameLineAndColumnInCharacters) {
    expect_error(json_error("{\n  \"größe\": [1,\n 2 3]}"), ErrorCode::corrupt,
                 "JSON, line 3, column 4: missing a comma or ']' after an array element");
    expect_error(json_error("[\"größe\" 1]"), ErrorCode::corrupt,
                 "JSON, line 1, column 10: missing a comma or ']' after an array element");
    expect_error(json_error("{}\0"sv), ErrorCode::corrupt, "JSON, line 1, column 3: a NUL follows the document");
}

TEST(MetadataJson, NanIsRefusedWithItsPath) {
    expect_error(json_error("{\"detector\": {\"gain\": [1,\n[], {}, NaN]}}"), ErrorCode::corrupt,
                 "JSON, line 2, column 9: $.detector.gain[3]: NaN has no JSON form; write null or a text in its place, "
                 "or give the document as MessagePack");
    expect_error(json_error("[[1, 2], [3, -Infinity]]"), ErrorCode::corrupt,
                 "JSON, line 1, column 14: $[1][1]: -Infinity has no JSON form; write null or a text in its place, or "
                 "give the document as MessagePack");
    expect_error(json_error("Infinity"), ErrorCode::corrupt,
                 "JSON, line 1, column 1: $: Infinity has no JSON form; write null or a text in its place, or give the "
                 "document as MessagePack");
}

TEST(MetadataJson, PathsQuoteKeysThatAreNoNames) {
    expect_error(json_error("{\"pixel size\": NaN}"), ErrorCode::corrupt,
                 "JSON, line 1, column 16: $[\"pixel size\"]: NaN has no JSON form; write null or a text in its place, "
                 "or give the document as MessagePack");
    expect_error(json_error("{\"a\": {\"b\": 1}, \"\": {\"c\": [0], \"d\": NaN}}"), ErrorCode::corrupt,
                 "JSON, line 1, column 37: $[\"\"].d: NaN has no JSON form; write null or a text in its place, or give "
                 "the document as MessagePack");
    const auto error = json_error("{\"" + std::string(100'000, 'k') + "\": NaN}");
    ASSERT_TRUE(error);
    EXPECT_LT(error->message().size(), 200u);
}

TEST(MetadataJson, ANumberBeyondDoubleIsRefusedWithItsPath) {
    expect_error(json_error("{\"a\": 9e308}"), ErrorCode::corrupt,
                 "JSON, line 1, column 7: $.a: number too big to be stored in double");
}

TEST(MetadataJson, NestingIsLimited) {
    EXPECT_FALSE(json_error(repeated("[", 64) + repeated("]", 64)));
    expect_error(json_error(repeated("[", 65) + repeated("]", 65)), ErrorCode::limit_exceeded,
                 "JSON, line 1, column 65: nested deeper than 64 levels (Limits::metadata_depth)");
    EXPECT_FALSE(json_error(repeated("{\"a\":", 64) + "1" + repeated("}", 64)));
    const auto error = json_error(repeated("{\"a\":", 65) + "1" + repeated("}", 65));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), ErrorCode::limit_exceeded);
}

TEST(MetadataJson, NestingNeedsNoStack) {
    const std::string hostile(10'000'000, '[');
    EXPECT_EQ(json_error(hostile).value().code(), ErrorCode::limit_exceeded);
    Limits unlimited;
    unlimited.metadata_depth = std::numeric_limits<unsigned>::max();
    EXPECT_EQ(json_error(hostile, unlimited).value().code(), ErrorCode::corrupt);
}

TEST(MetadataJson, SizeIsLimited) {
    Limits limits;
    limits.metadata_bytes = 4;
    EXPECT_FALSE(json_error("[10]", limits));
    expect_error(json_error("[100]", limits), ErrorCode::limit_exceeded,
                 "metadata of 5 bytes exceed the limit of 4 (Limits::metadata_bytes)");
}

TEST(MetadataJson, ReadsBackInBothLayouts) {
    const Metadata metadata = Metadata::from_json("{\"a\" : [1.50, [], {}],\n \"b\": \"\\u00e9\\/\", \"a\": null}");
    EXPECT_EQ(metadata.to_json(), "{\"a\":[1.50,[],{}],\"b\":\"é/\",\"a\":null}");
    EXPECT_EQ(metadata.to_json(true),
              "{\n  \"a\": [\n    1.50,\n    [],\n    {}\n  ],\n  \"b\": \"é/\",\n  \"a\": null\n}");
}

TEST(MetadataJson, TruncatedAtAnyLengthIsAnError) {
    const std::string_view text = "{\"a\":[1.5e3,true,null,\"é\\u00e9\"],\"b\":{\"c\":-0.25}}";
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_TRUE(json_error(text.substr(0, length))) << length;
    }
}

TEST(MetadataJson, ArbitraryBytesAreAcceptedOrRefusedButNeverCrash) {
    std::mt19937 random(20240517);
    constexpr std::string_view alphabet = "[]{},:\"\\u0123456789dD8.eE+-truefalsnNaIity \n\xc3\xa9\xed\x80\xff";
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 40, ' ');
        for (char& character : text) character = alphabet[random() % alphabet.size()];
        if (json_error(text)) continue;
        const std::string again = Metadata::from_json(text).to_json(true);
        EXPECT_FALSE(json_error(again)) << text << " became " << again;
    }
}

}  // namespace mrcz::meta_test
