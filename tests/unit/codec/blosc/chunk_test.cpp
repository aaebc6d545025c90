#include "codec/blosc/chunk.hpp"

#include <gtest/gtest.h>

#include "codec/codec.hpp"
#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t frame_bytes = 600;

Bytes a_chunk() {
    const kit::CodecTrial trial{"lz4",
                                PixelType::int16,
                                frame_bytes / 2,
                                kit::Content::counts,
                                {.level = 0, .block_bytes = 256, .filter = Filter::bitshuffle}};
    return kit::encoded(trial, kit::make_pixels(trial.type, trial.pixels));
}

Bytes with_word(Bytes chunk, std::size_t offset, std::uint32_t value) {
    store_le(&chunk[offset], value);
    return chunk;
}

void expect_refused(const Bytes& chunk, ErrorCode code, std::string_view in_message) {
    const Error error = kit::error_of([&] { (void)kit::decoded("lz4", PixelType::int16, chunk, frame_bytes); });
    EXPECT_EQ(error.code(), code) << error.message();
    EXPECT_NE(error.message().find(in_message), std::string::npos) << error.message();
}

TEST(BloscChunk, HeaderStandsWhereCBloscReadsIt) {
    const Bytes chunk = a_chunk();
    EXPECT_EQ(chunk[0], std::byte{2});
    EXPECT_EQ(chunk[3], std::byte{2});
    EXPECT_EQ(load_le<std::uint32_t>(&chunk[4]), frame_bytes);
    EXPECT_EQ(load_le<std::uint32_t>(&chunk[8]), 256U);
    EXPECT_EQ(load_le<std::uint32_t>(&chunk[12]), chunk.size());
    EXPECT_EQ(load_le<std::uint32_t>(&chunk[16]), 16U + 3 * 4);
}

TEST(BloscChunk, NoiseIsStoredAsItIs) {
    const Bytes frame = kit::make_noise(frame_bytes);
    const Bytes chunk = kit::encoded({"zstd", PixelType::int16, frame_bytes / 2, kit::Content::noise, {}}, frame);
    ASSERT_EQ(chunk.size(), frame_bytes + header_bytes);
    EXPECT_NE(static_cast<unsigned>(chunk[2]) & flag::copied, 0U);
    EXPECT_TRUE(std::equal(frame.begin(), frame.end(), chunk.begin() + header_bytes));
}

TEST(BloscChunk, OtherVersionsAreCorrupt) {
    for (const int version : {0, 1, 3, 4, 6, 255}) {
        Bytes chunk = a_chunk();
        chunk[0] = static_cast<std::byte>(version);
        expect_refused(chunk, ErrorCode::corrupt, "version");
    }
}

TEST(BloscChunk, CompressorsThatCBloscDoesNotHaveAreCorrupt) {
    for (const unsigned format : {5U, 6U, 7U}) {
        Bytes chunk = a_chunk();
        chunk[2] = static_cast<std::byte>((static_cast<unsigned>(chunk[2]) & 0x1f) | (format << flag::format_shift));
        expect_refused(chunk, ErrorCode::corrupt, "compressor");
    }
}

TEST(BloscChunk, SizesThatDoNotHoldAreNamed) {
    const Bytes chunk = a_chunk();
    expect_refused(with_word(chunk, 4, 0), ErrorCode::corrupt, "nbytes");
    expect_refused(with_word(chunk, 4, 0xffffffff), ErrorCode::corrupt, "nbytes 4294967295");
    expect_refused(with_word(chunk, 8, 0), ErrorCode::corrupt, "blocksize");
    expect_refused(with_word(chunk, 8, 0xffffffff), ErrorCode::corrupt, "blocksize");
    expect_refused(with_word(chunk, 8, 1), ErrorCode::corrupt, "600 blocks");
    expect_refused(with_word(chunk, 12, 15), ErrorCode::corrupt, "cbytes");
    expect_refused(with_word(chunk, 12, 17), ErrorCode::corrupt, "blocks do not fit");
    expect_refused(with_word(chunk, 12, 0xffffffff), ErrorCode::truncated, "cbytes 4294967295");
}

TEST(BloscChunk, BlockStartsOutsideTheChunkAreCorrupt) {
    const Bytes chunk = a_chunk();
    const auto size = static_cast<std::uint32_t>(chunk.size());
    for (const std::uint32_t start : {0U, 16U, 27U, size, size + 1, 0x7fffffffU, 0xffffffffU})
        expect_refused(with_word(chunk, 20, start), ErrorCode::corrupt, "block start");
    expect_refused(with_word(chunk, 20, size - 1), ErrorCode::truncated, "stream size");
}

TEST(BloscChunk, StreamSizesBeyondTheChunkAreTruncated) {
    const Bytes chunk = a_chunk();
    const std::size_t first = load_le<std::uint32_t>(&chunk[16]);
    for (const std::uint32_t size : {0x7fffffffU, 0x80000000U, 0xffffffffU, static_cast<std::uint32_t>(chunk.size())})
        expect_refused(with_word(chunk, first, size), ErrorCode::truncated, "stream");
}

TEST(BloscChunk, FramesBeyondWhatABloscChunkHoldsAreRefused) {
    for (const std::string_view name : kit::writing_codecs()) {
        const CodecInfo& info = *find_codec(name);
        if (info.id == 0 || info.id > 6) continue;
        const auto prepare = [&](std::uint64_t bytes) {
            return writing_row(info).prepare_encoder(info, {PixelType::int8, bytes}, {}, {});
        };
        EXPECT_NE(prepare((std::uint64_t{1} << 31) - 17), nullptr);
        const Error error = kit::error_of([&] { (void)prepare((std::uint64_t{1} << 31) - 16); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_NE(error.message().find("rans"), std::string::npos) << error.message();
        EXPECT_EQ(kit::error_of([&] { (void)prepare(std::uint64_t{1} << 40); }).code(), ErrorCode::invalid_argument);
    }
}

}  // namespace
}  // namespace mrcz::codec::blosc
