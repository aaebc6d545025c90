#include "base/text.hpp"
#include "container/footer.hpp"
#include "kit/memory_sink.hpp"
#include "kit/wrappers.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

namespace {

/// From the index at the end.
std::size_t offset_of_frame(const Bytes& packed, std::size_t frames, std::int64_t frame) {
    const std::size_t index_at = packed.size() - (16 * frames + 4);
    return static_cast<std::size_t>(load_le<std::uint64_t>(&packed[index_at + 16 * static_cast<std::size_t>(frame)]));
}

}  // namespace

class Verify : public Workplace {};

TEST_F(Verify, CleanFileHasNoFindings) {
    for (const std::string& codec : compressing_codecs()) {
        const Bytes packed = compressed(kit::make_plain_file({}), codec);
        const VerifyResult result = verified(packed);
        EXPECT_EQ(result.frames, 5);
        EXPECT_EQ(result.bytes, packed.size());
        EXPECT_TRUE(result.frames_hashed);
        EXPECT_TRUE(result.original_matched);
        EXPECT_TRUE(result.findings.empty());
    }
}

TEST_F(Verify, PlainFileHasNothingToBeCheckedAgainst) {
    const VerifyResult result = verified(kit::make_plain_file({}));
    EXPECT_EQ(result.frames, 5);
    EXPECT_FALSE(result.frames_hashed);
    EXPECT_FALSE(result.original_matched);
    EXPECT_TRUE(has_rule(verified(kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 3})).findings,
                         "MRC-F01"));
}

TEST_F(Verify, EditedHeaderIsAFinding) {
    Bytes packed = compressed(kit::make_plain_file({}), "zstd");
    store_le(&packed[40], 1234.5F);
    const VerifyResult result = verified(packed);
    EXPECT_TRUE(has_rule(result.findings, "MRCZ-D02"));
    EXPECT_TRUE(result.original_matched);
    EXPECT_EQ(decompressed(packed), kit::make_plain_file({}));
}

TEST_F(Verify, EditedExtendedHeaderIsNoticed) {
    Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 40, 0}), "zstd");
    packed[1030] ^= std::byte{1};
    const Error error = kit::error_of([&] { (void)verified(packed); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(error.message().find("original"), std::string::npos) << error.message();
}

TEST_F(Verify, FileOfTheWriterIsHashedWithoutAnOriginal) {
    WriterOptions options;
    options.nx = 20;
    options.ny = 10;
    Writer writer(path("written"), options);
    writer.append(kit::make_pixels(options.type, 600));
    writer.finish();
    const VerifyResult result = verify(Input::file(path("written")));
    EXPECT_TRUE(result.frames_hashed);
    EXPECT_FALSE(result.original_matched);
    EXPECT_TRUE(result.findings.empty());
}

TEST_F(Verify, LooksInsideGzip) {
    EXPECT_TRUE(verified(kit::gzipped(compressed(kit::make_plain_file({}), "zstd"))).original_matched);
}

TEST_F(Verify, BytesThatBelongToNoPartAreCorrupt) {
    const Bytes packed = compressed(kit::make_plain_file({}), "zstd");
    const std::size_t footer_at = 1024 + static_cast<std::size_t>(load_le<std::int64_t>(&packed[144]));
    const std::size_t index_at = packed.size() - (16 * 5 + 4);
    ASSERT_LT(footer_at, index_at);
    Bytes longer = packed;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(index_at), 8, std::byte{0});
    EXPECT_EQ(kit::error_of([&] { (void)verified(longer); }).code(), ErrorCode::corrupt);
    Bytes appended = packed;
    appended.push_back(std::byte{0});
    EXPECT_EQ(kit::error_of([&] { (void)verified(appended); }).code(), ErrorCode::corrupt);
}

TEST_F(Verify, MetadataThatAreNoneAreCorrupt) {
    for (const char* encoding : {"json", "msgp"}) {
        kit::MemorySink sink;
        sink.write(kit::make_plain_file({}));
        container::write_footer(sink, {.data_offset = 1024, .chunk_count = 0, .frames_per_chunk = 1, .flags = 0},
                                {{"META", encoding, 0, Bytes(3, std::byte{0xc1})}});
        EXPECT_EQ(kit::error_of([&] { (void)verified(sink.bytes); }).code(), ErrorCode::corrupt) << encoding;
    }
}

TEST_F(Verify, EveryDamagedFrameIsToldAndCounted) {
    for (const bool with_original : {true, false}) {
        CompressOptions options;
        if (!with_original) options.live = LiveOptions{};
        Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 32, 24, 8}), options);
        for (const std::int64_t frame : {1, 4, 5}) packed[offset_of_frame(packed, 8, frame) + 40] ^= std::byte{1};
        kit::write_file(path("in"), packed);
        std::vector<std::int64_t> told;
        const VerifyOptions chosen{
            .limits = {}, .mode0 = Mode0::by_header, .damaged = [&](std::int64_t frame, const Error& why) {
                told.push_back(frame);
                EXPECT_NE(why.message().find(concat("frame ", frame, " ")), std::string::npos);
            }};
        const Error error = kit::error_of([&] { (void)verify(Input::file(path("in")), chosen); });
        EXPECT_EQ(told, (std::vector<std::int64_t>{1, 4, 5}));
        EXPECT_EQ(error.code(), ErrorCode::corrupt);
        EXPECT_NE(error.message().find("3 of 8 frames are damaged: 1, 4 to 5;"), std::string::npos) << error.message();
        ThreadExecutor executor(3);
        EXPECT_EQ(kit::error_of([&] { (void)verify(Input::file(path("in")), {}, on(&executor)); }).message(),
                  error.message());
    }
}

TEST_F(Verify, RepairIsNotProposedWhereNoFrameIsWhole) {
    Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 32, 24, 3}), "zstd");
    for (const std::int64_t frame : {0, 1, 2}) packed[offset_of_frame(packed, 3, frame) + 40] ^= std::byte{1};
    const Error error = kit::error_of([&] { (void)verified(packed); });
    EXPECT_NE(error.message().find("3 of 3 frames are damaged: 0 to 2"), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("mrcz repair"), std::string::npos) << error.message();
}

TEST_F(Verify, ManyRunsOfDamagedFramesAreCutInTheMessageAndCounted) {
    Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 32, 24, 50}), "zstd");
    for (std::int64_t frame = 0; frame < 50; frame += 2)
        packed[offset_of_frame(packed, 50, frame) + 40] ^= std::byte{1};
    const Error error = kit::error_of([&] { (void)verified(packed); });
    EXPECT_NE(error.message().find("25 of 50 frames are damaged: 0, 2, 4,"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find(" 38, ...;"), std::string::npos) << error.message();
}

TEST_F(Verify, WritesNothing) {
    (void)verified(compressed(kit::make_plain_file({}), "zstd"));
    EXPECT_EQ(names(), (std::vector<std::string>{"in", "out"}));
}

}  // namespace mrcz::jobs_test
