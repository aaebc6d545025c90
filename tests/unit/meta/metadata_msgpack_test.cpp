#include <cstdint>
#include <limits>
#include <random>

#include "unit/meta/documents.hpp"

namespace mrcz::meta_test {

using namespace std::string_view_literals;

namespace {

std::string json_of(std::string_view msgpack) { return Metadata::from_msgpack(bytes(msgpack)).to_json(); }

}  // namespace

TEST(MetadataMsgpack, IsStoredByteForByte) {
    const auto document =
        "\x81\xa1"
        "a\xcd\x00\x01"sv;  // 1 in more bytes than needed
    const Metadata metadata = Metadata::from_msgpack(bytes(document));
    EXPECT_EQ(metadata.format(), MetadataFormat::msgpack);
    EXPECT_EQ(stored_text(metadata), document);
}

TEST(MetadataMsgpack, ValuesHaveTheirJsonForm) {
    EXPECT_EQ(json_of("\xc0"sv), "null");
    EXPECT_EQ(json_of("\xc3"sv), "true");
    EXPECT_EQ(json_of("\xc2"sv), "false");
    EXPECT_EQ(json_of("\x7f"sv), "127");
    EXPECT_EQ(json_of("\xe0"sv), "-32");
    EXPECT_EQ(json_of("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"sv), "18446744073709551615");
    EXPECT_EQ(json_of("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"sv), "-9223372036854775808");
    EXPECT_EQ(json_of("\xd0\x05"sv), "5");
    EXPECT_EQ(json_of("\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"sv), "1.0");
    EXPECT_EQ(json_of("\xca\x3f\x00\x00\x00"sv), "0.5");
    EXPECT_EQ(json_of("\xa0"sv), "\"\"");
    EXPECT_EQ(json_of("\xd9\x00"sv), "\"\"");
    EXPECT_EQ(json_of("\x90"sv), "[]");
    EXPECT_EQ(json_of("\x80"sv), "{}");
    EXPECT_EQ(json_of("\x82\xa1"
                      "a\x01\xa1"
                      "a\x92\x02\x80"sv),
              "{\"a\":1,\"a\":[2,{}]}");
}

TEST(MetadataMsgpack, NonFiniteNumbersReadAsTheirNames) {
    EXPECT_EQ(json_of("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"sv), "\"NaN\"");
    EXPECT_EQ(json_of("\xca\x7f\x80\x00\x00"sv), "\"Infinity\"");
    EXPECT_EQ(json_of("\xcb\xff\xf0\x00\x00\x00\x00\x00\x00"sv), "\"-Infinity\"");
}

TEST(MetadataMsgpack, BinaryReadsAsBase64) {
    EXPECT_EQ(json_of("\xc4\x04\x00\xff\x10\x80"sv), "{\"$binary\":\"AP8QgA==\"}");
    EXPECT_EQ(json_of("\xc4\x00"sv), "{\"$binary\":\"\"}");
}

TEST(MetadataMsgpack, ExtensionsReadWithTheirType) {
    EXPECT_EQ(json_of("\xd4\x05\x01"sv), "{\"$ext\":5,\"$binary\":\"AQ==\"}");
    EXPECT_EQ(json_of("\xc7\x00\x80"sv), "{\"$ext\":-128,\"$binary\":\"\"}");
}

TEST(MetadataMsgpack, TimestampsReadAsIso8601) {
    EXPECT_EQ(json_of("\xd6\xff\x00\x00\x00\x00"sv), "\"1970-01-01T00:00:00Z\"");
    EXPECT_EQ(json_of("\xc7\x03\xff\x01\x02\x03"sv), "{\"$ext\":-1,\"$binary\":\"AQID\"}");
}

TEST(MetadataMsgpack, KeysThatAreNoTextReadAsTheirJsonText) {
    EXPECT_EQ(json_of("\x84\x01\x02\xff\x03\xc0\x04\xc3\x05"sv), "{\"1\":2,\"-1\":3,\"null\":4,\"true\":5}");
    EXPECT_EQ(json_of("\x81\x92\x01\x81\x02\xa1x\xa1y"sv), "{\"[1,{\\\"2\\\":\\\"x\\\"}]\":\"y\"}");
    EXPECT_EQ(json_of("\x81\x90\xa1y"sv), "{\"[]\":\"y\"}");
}

TEST(MetadataMsgpack, TextThatIsNoUtf8IsCarriedAndReadsRepaired) {
    EXPECT_EQ(json_of("\x81\xa2k\xff\xa2v\xfe"sv), "{\"k\xef\xbf\xbd\":\"v\xef\xbf\xbd\"}");
}

TEST(MetadataMsgpack, ErrorsNameTheOffset) {
    expect_error(msgpack_error(""sv), ErrorCode::corrupt, "MessagePack, offset 0x0: the document ends inside a value");
    expect_error(msgpack_error("\x92\x01\xc1"sv), ErrorCode::corrupt,
                 "MessagePack, offset 0x2: no MessagePack value starts here");
    expect_error(msgpack_error("\x91\x01\x02\x03"sv), ErrorCode::corrupt,
                 "MessagePack, offset 0x2: 2 bytes follow the document");
}

TEST(MetadataMsgpack, NestingIsLimited) {
    EXPECT_FALSE(msgpack_error(repeated("\x91", 63) + "\x90"));
    expect_error(msgpack_error(repeated("\x91", 64) + "\x90"), ErrorCode::limit_exceeded,
                 "MessagePack, offset 0x40: nested deeper than 64 levels (Limits::metadata_depth)");
    EXPECT_FALSE(msgpack_error(repeated("\x81\x01", 63) + "\x80"));
    EXPECT_EQ(msgpack_error(repeated("\x81\x01", 64) + "\x80").value().code(), ErrorCode::limit_exceeded);
    EXPECT_EQ(msgpack_error(std::string(10'000'000, '\x91')).value().code(), ErrorCode::limit_exceeded);
}

TEST(MetadataMsgpack, NestingInKeysIsLimitedToo) {
    EXPECT_EQ(msgpack_error(std::string(100'000, '\x81')).value().code(), ErrorCode::limit_exceeded);
}

TEST(MetadataMsgpack, NestingNeedsNoStack) {
    Limits unlimited;
    unlimited.metadata_depth = std::numeric_limits<unsigned>::max();
    const std::string deep = std::string(1'000'000, '\x91') + '\xc0';
    const Metadata metadata = Metadata::from_msgpack(bytes(deep), unlimited);
    EXPECT_EQ(metadata.to_json(), std::string(1'000'000, '[') + "null" + std::string(1'000'000, ']'));
}

TEST(MetadataMsgpack, SizeIsLimited) {
    Limits limits;
    limits.metadata_bytes = 2;
    EXPECT_FALSE(msgpack_error("\x91\x01"sv, limits));
    EXPECT_EQ(msgpack_error("\x92\x01\x01"sv, limits).value().code(), ErrorCode::limit_exceeded);
}

TEST(MetadataMsgpack, LengthsBeyondTheDocumentAreRefused) {
    for (const auto head : {"\xdb"sv, "\xc6"sv, "\xc9"sv, "\xdd"sv, "\xdf"sv}) {
        const auto error = msgpack_error(std::string(head) + "\xff\xff\xff\xff" + "\x01\x02");
        ASSERT_TRUE(error);
        EXPECT_EQ(error->code(), ErrorCode::corrupt);
    }
}

TEST(MetadataMsgpack, TruncatedAtAnyLengthIsAnError) {
    const auto document =
        "\x87\xa1"
        "a\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00\xd9\x01"
        "b\xc5\x00\x02xy\x01\xd6\xff\x00\x00\x00\x00\x92\x01\x02\xc9\x00\x00\x00\x01\x05z\xa0\xdc"
        "\x00\x01\xce\x00\x00\x00\x01\xa1"
        "c\xde\x00\x01\xc0\xca\x00\x00\x00\x00\xa1"
        "d\xdb\x00\x00\x00\x01q"sv;
    ASSERT_FALSE(msgpack_error(document));
    for (std::size_t length = 0; length < document.size(); ++length) {
        const auto error = msgpack_error(document.substr(0, length));
        ASSERT_TRUE(error) << length;
        EXPECT_TRUE(error->message().ends_with("the document ends inside a value")) << error->message();
    }
}

TEST(MetadataMsgpack, ArbitraryBytesAreAcceptedOrRefusedButNeverCrash) {
    std::mt19937 random(20240517);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string document(random() % 30, '\0');
        for (char& byte : document) {
            byte = static_cast<char>(random() % 4 == 0 ? random() % 256 : 0x80 + random() % 0x60);
        }
        // Zeros make complete documents of most beginnings.
        document += std::string(random() % 64, '\0');
        if (document.empty()) continue;
        const auto error = msgpack_error(document);
        const auto tail = error ? error->message().rfind(" bytes follow") : std::string::npos;
        if (tail != std::string::npos) {
            const std::size_t number_at = error->message().rfind(' ', tail - 1) + 1;
            document.resize(document.size() - std::stoul(error->message().substr(number_at)));
        }
        if (msgpack_error(document)) continue;
        ++accepted;
        const std::string json = Metadata::from_msgpack(bytes(document)).to_json(true);
        Limits deeper;
        deeper.metadata_depth = 66;  // {"$binary"} nests once more
        EXPECT_FALSE(json_error(json, deeper)) << json;
    }
    EXPECT_GT(accepted, 1000);
}

}  // namespace mrcz::meta_test
