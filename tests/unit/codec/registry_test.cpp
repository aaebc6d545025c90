#include <gtest/gtest.h>

#include <set>

#include "base/text.hpp"
#include "codec/codec.hpp"
#include "kit/damage.hpp"

namespace mrcz {
namespace {

TEST(CodecTable, HasTheIdsOfPythonMrczAndItsOwn) {
    const std::pair<std::uint16_t, std::string_view> expected[] = {
        {0, "raw"}, {1, "blosclz"}, {2, "lz4"}, {3, "lz4hc"}, {4, "snappy"}, {5, "zlib"}, {6, "zstd"}, {16, "rans"}};
    for (const auto& [id, name] : expected) {
        ASSERT_NE(find_codec(id), nullptr) << id;
        EXPECT_EQ(find_codec(id)->name, name);
        EXPECT_EQ(find_codec(name)->id, id);
    }
}

TEST(CodecTable, RowsAreSound) {
    std::set<std::uint16_t> ids;
    std::set<std::string_view> names;
    for (const CodecInfo& info : codecs()) {
        SCOPED_TRACE(info.name);
        EXPECT_TRUE(ids.insert(info.id).second);
        EXPECT_TRUE(names.insert(info.name).second);
        EXPECT_LE(info.id, 31);
        EXPECT_FALSE(info.summary.empty());
        EXPECT_EQ(info.why_not.empty(), info.reads && info.writes);
        if (info.greatest_level == 0) continue;
        EXPECT_LE(info.least_level, info.default_level);
        EXPECT_LE(info.default_level, info.greatest_level);
    }
}

TEST(CodecTable, KnowsNoOtherNames) {
    EXPECT_EQ(find_codec("ZSTD"), nullptr);
    EXPECT_EQ(find_codec(""), nullptr);
    EXPECT_EQ(find_codec(std::uint16_t{31}), nullptr);
}

TEST(CodecTable, UnknownIdIsUnsupportedAndNamed) {
    const Error error = kit::error_of([] { (void)codec::reading_row(31); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("31"), std::string::npos) << error.message();
}

TEST(CodecTable, PluginsOfBlosc2AreUnsupportedAndNamed) {
    const char* names[] = {"ndlz", "zfp_acc", "zfp_prec", "zfp_rate", "openhtj2k", "grok", "openzl", "j2k", "htj2k"};
    for (std::uint16_t id = 7; id <= 15; ++id) {
        const Error error = kit::error_of([&] { (void)codec::reading_row(id); });
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(error.message().find(concat(" is ", names[id - 7], ",")), std::string::npos) << error.message();
        EXPECT_NE(error.message().find("python-mrcz"), std::string::npos) << error.message();
    }
}

TEST(CodecTable, EveryBloscCodecIsRead) {
    for (std::uint16_t id = 1; id <= 6; ++id) EXPECT_TRUE(codec::reading_row(id).info.reads) << id;
}

TEST(CodecTable, RowsThatCannotWriteSayWhy) {
    for (const CodecInfo& info : codecs()) {
        if (info.writes) continue;
        const Error error = kit::error_of([&] { (void)codec::writing_row(info); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_NE(error.message().find(info.name), std::string::npos) << error.message();
        EXPECT_NE(error.message().find(info.why_not), std::string::npos) << error.message();
    }
}

}  // namespace
}  // namespace mrcz
