#include <gtest/gtest.h>

#include <string>

#include "base/crc32c.hpp"
#include "foreign/frame_array.hpp"
#include "foreign/zarr_codecs.hpp"
#include "foreign/zarr_description.hpp"
#include "kit/files.hpp"
#include "mrcz/error.hpp"

namespace mrcz::foreign {
namespace {

namespace fs = std::filesystem;

Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::string v2(const std::string& shape, const std::string& chunks, const std::string& rest = {}) {
    return R"({"zarr_format":2,"shape":)" + shape + R"(,"chunks":)" + chunks +
           R"(,"dtype":"|u1","compressor":null,"fill_value":9,"filters":null,"order":"C")" + rest + "}";
}

/// A Zarr v2 array without compression, its chunks as text.
class ZarrFolder : public testing::Test {
  protected:
    void describe(const std::string& json) { kit::write_file(folder_ / ".zarray", bytes_of(json)); }
    void put(const std::string& key, std::string_view text) {
        const fs::path path = folder_ / key;
        fs::create_directories(path.parent_path());
        kit::write_file(path, bytes_of(text));
    }
    std::string frame(std::int64_t number) {
        const auto array = open_zarr(folder_.path(), {});
        const auto reader = array->make_reader();
        std::string out(static_cast<std::size_t>(array->facts().format.nx * array->facts().format.ny), ' ');
        reader->fetch(number);
        reader->pixels(std::as_writable_bytes(std::span(out)));
        return out;
    }
    std::string complaint() {
        try {
            (void)open_zarr(folder_.path(), {});
            return frame(0);
        } catch (const Error& error) {
            return error.what();
        }
    }

    kit::TemporaryFolder folder_;
};

TEST_F(ZarrFolder, ChunksThatAreFramesAreRead) {
    describe(v2("[2,2,3]", "[1,2,3]"));
    put("0.0.0", "abcdef");
    put("1.0.0", "ghijkl");
    EXPECT_EQ(frame(0), "abcdef");
    EXPECT_EQ(frame(1), "ghijkl");
    EXPECT_EQ(open_zarr(folder_.path(), {})->facts().why_not_moved, "its chunks are not compressed");
}

TEST_F(ZarrFolder, FramesArePutTogetherFromChunksThatReachBeyondTheArray) {
    describe(v2("[3,2,3]", "[2,2,2]", R"(,"dimension_separator":"/")"));
    put("0/0/0", "abdeABDE");
    put("0/0/1", "c.f.C.F.");
    put("1/0/0", "1245....");
    put("1/0/1", "3.6.....");
    EXPECT_EQ(frame(0), "abcdef");
    EXPECT_EQ(frame(1), "ABCDEF");
    EXPECT_EQ(frame(2), "123456");
}

TEST_F(ZarrFolder, ChunksThatAreNotThereHoldTheFillValue) {
    describe(v2("[2,1,3]", "[1,1,3]"));
    put("1.0.0", "abc");
    EXPECT_EQ(frame(0), "\t\t\t");
    EXPECT_EQ(frame(1), "abc");
}

TEST_F(ZarrFolder, AScanIsAStackRowByRow) {
    describe(v2("[2,2,1,2]", "[1,2,1,2]"));
    put("0.0.0.0", "abcd");
    put("1.0.0.0", "efgh");
    EXPECT_EQ(frame(1), "cd");
    EXPECT_EQ(frame(2), "ef");
    EXPECT_EQ(open_zarr(folder_.path(), {})->facts().scan->columns, 2);
}

TEST_F(ZarrFolder, AChunkOfAnotherSizeIsCorrupt) {
    describe(v2("[1,2,3]", "[1,2,3]"));
    put("0.0.0", "abcde");
    EXPECT_NE(complaint().find("frame 0: the chunk holds 5 bytes, not 6"), std::string::npos) << complaint();
}

TEST_F(ZarrFolder, WhatIsNoArrayOfImagesIsRefused) {
    EXPECT_NE(complaint().find("holds no Zarr array"), std::string::npos);
    describe(v2("[4]", "[2]"));
    EXPECT_NE(complaint().find("no image"), std::string::npos);
    describe(v2("[1,2,3]", "[1,2]"));
    EXPECT_NE(complaint().find("3 axes"), std::string::npos);
    describe(v2("[1,2,3]", "[1,0,3]"));
    EXPECT_NE(complaint().find("chunks"), std::string::npos);
    describe(v2("[1,99999999999,99999999999]", "[1,1,1]"));
    EXPECT_NE(complaint().find("too many"), std::string::npos) << complaint();
    describe(v2("[1,2147483647,2147483647]", "[1,1,1]"));
    EXPECT_NE(complaint().find("more than the limit"), std::string::npos) << complaint();
}

TEST(ZarrCodecs, ShuffledBytesComeBack) {
    const Bytes out = undo_codecs({{"shuffle", 2}}, bytes_of("acegibdfhj"), 10);
    EXPECT_EQ(out, bytes_of("abcdefghij"));
}

TEST(ZarrCodecs, ACrcIsChecked) {
    Bytes stored = bytes_of("abc");
    append_le(stored, crc32c(stored));
    EXPECT_EQ(undo_codecs({{"crc32c", 0}}, stored, 3), bytes_of("abc"));
    stored[1] ^= std::byte{1};
    EXPECT_THROW((void)undo_codecs({{"crc32c", 0}}, stored, 3), Error);
}

TEST(ZarrCodecs, UnknownOnesAreNamed) {
    try {
        require_known({{"blosc", 0}, {"lzma", 0}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(std::string(error.what()).find("lzma"), std::string::npos);
    }
}

}  // namespace
}  // namespace mrcz::foreign
