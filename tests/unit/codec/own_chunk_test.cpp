#include "codec/own_chunk.hpp"

#include <gtest/gtest.h>

#include "kit/damage.hpp"

namespace mrcz::codec {
namespace {

const CodecRow& row() { return reading_row(find_codec("rans")->id); }

Bytes chunk_of(const OwnChunkHeader& header, std::size_t payload_bytes = 20) {
    Bytes chunk(own_chunk_header_bytes + payload_bytes, std::byte{7});
    seal_own_chunk(chunk, row(), header);
    return chunk;
}

TEST(OwnChunk, SaysWhatItWasToldToSay) {
    for (const std::optional<std::uint16_t> model : {std::optional<std::uint16_t>(), {0}, {65534}})
        for (const bool contiguous : {false, true}) {
            const Bytes chunk =
                chunk_of({.first = 5'000'000'000, .frames = 1, .has_contiguous_rows = contiguous, .model = model});
            const OwnChunk opened = open_own_chunk(chunk, row());
            EXPECT_EQ(opened.header.first, 5'000'000'000U);
            EXPECT_EQ(opened.header.model, model);
            EXPECT_EQ(opened.header.has_contiguous_rows, contiguous);
            EXPECT_FALSE(opened.header.is_model());
            EXPECT_EQ(opened.header.chunk_bytes(), chunk.size());
            EXPECT_EQ(opened.payload.size(), 20U);
        }
    EXPECT_TRUE(open_own_chunk(chunk_of({.first = 3, .frames = 0}), row()).header.is_model());
}

TEST(OwnChunk, EveryFlippedBitAndEveryCutIsADataError) {
    const Bytes chunk = chunk_of({.first = 9, .model = 2});
    for (std::size_t bit = 0; bit < 8 * chunk.size(); ++bit)
        EXPECT_EQ(kit::error_of([&] { (void)open_own_chunk(kit::with_flipped_bit(chunk, bit), row()); }).group(),
                  ErrorGroup::data)
            << bit;
    for (std::size_t length = 0; length < chunk.size(); ++length)
        EXPECT_EQ(kit::error_of([&] { (void)open_own_chunk(kit::truncated(chunk, length), row()); }).group(),
                  ErrorGroup::data)
            << length;
}

TEST(OwnChunk, OfALaterVersionIsUnsupported) {
    Bytes chunk = chunk_of({});
    store_le(&chunk[6], static_cast<std::uint16_t>(row().chunk_version + 1));
    EXPECT_EQ(kit::error_of([&] { (void)parse_own_chunk(chunk, row()); }).code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace mrcz::codec
