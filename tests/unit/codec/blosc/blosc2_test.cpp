// Chunks of c-blosc2, version 5.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "codec/blosc/chunk.hpp"
#include "codec/blosc/filter.hpp"
#include "kit/chunks.hpp"
#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::string_view compressors[] = {"blosclz", "lz4", "lz4hc", "zlib", "zstd"};

Bytes decoded(const Bytes& chunk, std::size_t frame_bytes, PixelType type = PixelType::int8) {
    return kit::decoded("zstd", type, chunk, frame_bytes);
}

void expect_refused(const Bytes& chunk, std::size_t frame_bytes, ErrorCode code, std::string_view in_message) {
    const Error error = kit::error_of([&] { (void)decoded(chunk, frame_bytes); });
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(error.message().find(in_message), std::string::npos) << error.message();
}

/// A chunk of one block that is not split; what stands behind its header is given.
Bytes one_block(std::uint8_t type_bytes, std::size_t frame_bytes, const Bytes& streams, std::uint8_t flags,
                const kit::Blosc2Extras& extras = {}) {
    const std::size_t size = blosc2_header_bytes + 4 + streams.size();
    Bytes chunk = kit::blosc2_header(flags, type_bytes, frame_bytes, frame_bytes, size, extras);
    append_le(chunk, static_cast<std::uint32_t>(blosc2_header_bytes + 4));
    append(chunk, streams);
    return chunk;
}

/// The block stored as it is, in one stream.
Bytes stored(const Bytes& block) {
    Bytes stream;
    append_le(stream, static_cast<std::uint32_t>(block.size()));
    append(stream, block);
    return stream;
}

TEST(Blosc2Chunk, OfEveryCompressorAndFilterIsDecoded) {
    const Bytes frame = kit::make_pixels(PixelType::int16, 8 * 300);
    for (const std::string_view compressor : compressors)
        for (const Filter filter : {Filter::none, Filter::byteshuffle, Filter::bitshuffle})
            for (const std::uint64_t block_bytes : {512, 4800}) {
                const Bytes chunk = kit::encoded({compressor,
                                                  PixelType::int16,
                                                  8 * 300,
                                                  {},
                                                  {.level = 0, .block_bytes = block_bytes, .filter = filter}},
                                                 frame);
                const Bytes newer = kit::as_blosc2(chunk);
                EXPECT_TRUE(decoded(newer, frame.size()) == frame) << compressor;
                EXPECT_EQ(chunk_size(std::span(newer).first(chunk_head_bytes)), newer.size());
            }
}

TEST(Blosc2Chunk, CopiedFrameIsDecoded) {
    const Bytes frame = kit::make_noise(500);
    const Bytes chunk = kit::as_blosc2(kit::encoded({"zstd", PixelType::int16, 250, {}, {}}, frame));
    EXPECT_EQ(chunk.size(), 532U);
    EXPECT_TRUE(decoded(chunk, 500) == frame);
}

TEST(Blosc2Chunk, FrameOfZerosIsAHeaderAlone) {
    for (const auto flags : {std::uint8_t{0x10}, std::uint8_t{0x40}}) {
        const Bytes chunk = kit::blosc2_header(0x80, 4, 4000, 4000, 32, {.flags = flags});
        EXPECT_TRUE(decoded(chunk, 4000) == Bytes(4000));
    }
}

TEST(Blosc2Chunk, FrameOfNaNIsAHeaderAlone) {
    const Bytes frame = decoded(kit::blosc2_header(0x80, 4, 4000, 4000, 32, {.flags = 0x20}), 4000, PixelType::float32);
    for (std::size_t at = 0; at < frame.size(); at += 4) ASSERT_TRUE(std::isnan(load_le<float>(&frame[at])));
    expect_refused(kit::blosc2_header(0x80, 2, 4000, 4000, 32, {.flags = 0x20}), 4000, ErrorCode::corrupt, "NaN");
}

TEST(Blosc2Chunk, FrameOfOneValueHoldsThatValue) {
    Bytes chunk = kit::blosc2_header(0x80, 4, 4002, 4002, 36, {.flags = 0x30});
    expect_refused(chunk, 4002, ErrorCode::truncated, "cbytes");
    append_le(chunk, std::uint32_t{0x01020304});
    const Bytes frame = decoded(chunk, 4002);
    for (std::size_t at = 0; at + 4 <= frame.size(); at += 4)
        ASSERT_EQ(load_le<std::uint32_t>(&frame[at]), 0x01020304U);
    EXPECT_EQ(frame[4001], std::byte{3});
    store_le(&chunk[12], 35U);
    expect_refused(chunk, 4002, ErrorCode::corrupt, "value of 4 bytes");
}

TEST(Blosc2Chunk, StreamsOfOneByteOverAndOverAreFilled) {
    Bytes streams;
    append_le(streams, std::uint32_t{0});  // zeros
    append_le(streams, std::int32_t{-7});  // and sevens
    streams.push_back(std::byte{1});
    const Bytes frame = decoded(one_block(2, 400, streams, 0, {.filter = 1}), 400);
    for (std::size_t at = 0; at < frame.size(); at += 2) ASSERT_EQ(load_le<std::uint16_t>(&frame[at]), 7 * 256);
}

TEST(Blosc2Chunk, StreamSizesThatAreNoneAreCorrupt) {
    const auto with = [](std::int32_t size, int token) {
        Bytes streams;
        append_le(streams, size);
        streams.push_back(static_cast<std::byte>(token));
        return one_block(1, 400, streams, flag::whole_blocks);
    };
    expect_refused(with(-256, 1), 400, ErrorCode::corrupt, "stream size -256");
    expect_refused(with(std::numeric_limits<std::int32_t>::min(), 1), 400, ErrorCode::corrupt, "stream size");
    expect_refused(with(-7, 2), 400, ErrorCode::corrupt, "token 2");
    expect_refused(with(0x7fffffff, 0), 400, ErrorCode::truncated, "stream");
}

TEST(Blosc2Chunk, BlocksAreSplitWhateverTheirSize) {
    const Bytes frame = kit::make_pixels(PixelType::int32, 5);
    Bytes filtered(frame.size());
    apply_filter(Filter::byteshuffle, 4, frame, filtered);
    Bytes streams;
    for (std::size_t k = 0; k < 4; ++k)
        append(streams, stored(Bytes(filtered.begin() + 5 * k, filtered.begin() + 5 * (k + 1))));
    EXPECT_TRUE(decoded(one_block(4, 20, streams, 0, {.filter = 1}), 20) == frame);
    expect_refused(one_block(3, 20, streams, 0, {.filter = 1}), 20, ErrorCode::corrupt, "split evenly");
}

// python-mrcz 0.6 makes such chunks of frames whose pixels it cannot share out evenly among its threads.
TEST(Blosc2Chunk, BlocksThatAreNoWholePixelsAreSaidToBeLost) {
    const Bytes frame = kit::make_pixels(PixelType::int32, 100);
    Bytes chunk = kit::as_blosc2(kit::encoded(
        {"zlib", PixelType::int32, 100, {}, {.level = 0, .block_bytes = 224, .filter = Filter::byteshuffle}}, frame));
    EXPECT_TRUE(decoded(chunk, 400) == frame);
    store_le(&chunk[8], 223U);
    expect_refused(chunk, 400, ErrorCode::corrupt, "blocksize 223 is no whole number of pixels");
}

// c-blosc leaves such a block alone, c-blosc2 only its last pixels.
TEST(Blosc2Chunk, PixelsLeftOverFromGroupsOfEightAreNotBitshuffled) {
    for (const std::size_t pixels : {1, 7, 8, 9, 100, 101, 107}) {
        const Bytes frame = kit::make_pixels(PixelType::int16, pixels);
        const std::size_t shuffled = pixels / 8 * 8 * 2;
        Bytes filtered = frame;
        if (shuffled > 0)
            apply_filter(Filter::bitshuffle, 2, std::span(frame).first(shuffled), std::span(filtered).first(shuffled));
        const Bytes chunk = one_block(2, frame.size(), stored(filtered), flag::whole_blocks, {.filter = 2});
        EXPECT_TRUE(decoded(chunk, frame.size()) == frame) << pixels;
    }
}

TEST(Blosc2Chunk, TruncatedPrecisionNeedsNoUndoing) {
    const Bytes frame = kit::make_pixels(PixelType::float32, 100);
    EXPECT_TRUE(decoded(one_block(4, 400, stored(frame), flag::whole_blocks, {.first_filter = 4}), 400) == frame);
}

TEST(Blosc2Chunk, WhatIsNotReadIsUnsupportedAndNamed) {
    const Bytes block = stored(Bytes(400));
    const auto with = [&](std::uint8_t flags, const kit::Blosc2Extras& extras) {
        return one_block(1, 400, block, static_cast<std::uint8_t>(flag::whole_blocks | flags), extras);
    };
    constexpr std::uint8_t plugin = 6 << flag::format_shift;
    expect_refused(with(plugin, {.codec = 36}), 400, ErrorCode::unsupported, "openhtj2k");
    expect_refused(with(plugin, {.codec = 33}), 400, ErrorCode::unsupported, "zfp_acc");
    expect_refused(with(plugin, {.codec = 200}), 400, ErrorCode::unsupported, "plug-in of c-blosc2");
    expect_refused(with(7 << flag::format_shift, {.codec = 36}), 400, ErrorCode::unsupported, "plug-in");
    expect_refused(with(0, {.filter = 3}), 400, ErrorCode::unsupported, "filter 3 of c-blosc2");
    expect_refused(with(0, {.filter = 35}), 400, ErrorCode::unsupported, "python-mrcz");
    expect_refused(with(0, {.filter = 2, .first_filter = 1}), 400, ErrorCode::unsupported, "several filters");
    for (const int flags : {0x01, 0x02, 0x04, 0x08, 0x80})
        expect_refused(with(0, {.flags = static_cast<std::uint8_t>(flags)}), 400, ErrorCode::unsupported,
                       "second flags");
    expect_refused(with(0, {.flags = 0x70}), 400, ErrorCode::corrupt, "kind 7");
}

TEST(Blosc2Chunk, HeadersThatDoNotHoldAreCorrupt) {
    const Bytes chunk = one_block(1, 400, stored(Bytes(400)), flag::whole_blocks);
    Bytes short_header = chunk;
    short_header[2] = std::byte{flag::whole_blocks};
    expect_refused(short_header, 400, ErrorCode::corrupt, "second half");
    Bytes small = chunk;
    store_le(&small[12], 31U);
    expect_refused(small, 400, ErrorCode::corrupt, "cbytes 31");
    Bytes start = chunk;
    store_le(&start[32], 35U);
    expect_refused(start, 400, ErrorCode::corrupt, "block start 35");
    expect_refused(chunk, 401, ErrorCode::corrupt, "nbytes 400");
}

TEST(Blosc2Chunk, DamageIsADataErrorOrDecodes) {
    const Bytes frame = kit::make_pixels(PixelType::int16, 256);
    for (const std::string_view compressor : compressors) {
        const Bytes chunk = kit::as_blosc2(kit::encoded(
            {compressor, PixelType::int16, 256, {}, {.level = 0, .block_bytes = 128, .filter = Filter::bitshuffle}},
            frame));
        std::string why;
        for (std::size_t bit = 0; bit < 8 * chunk.size(); ++bit)
            ASSERT_TRUE(kit::survives([&] { (void)decoded(kit::with_flipped_bit(chunk, bit), frame.size()); }, &why))
                << bit << ": " << why;
        for (std::size_t length = 0; length < chunk.size(); ++length)
            EXPECT_EQ(kit::error_of([&] { (void)decoded(kit::truncated(chunk, length), frame.size()); }).group(),
                      ErrorGroup::data)
                << length;
    }
}

}  // namespace
}  // namespace mrcz::codec::blosc
