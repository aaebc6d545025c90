#include <gtest/gtest.h>

#include <set>

#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::uint64_t kib = 1024, mib = 1024 * kib;

std::vector<FramePart> parts(std::uint64_t frame_bytes, std::int64_t there, std::int64_t all,
                             const CodecOptions& options = {}, std::string_view codec = "zstd") {
    return parts_to_measure(*find_codec(codec), {PixelType::int16, frame_bytes}, options, there, all);
}

std::uint64_t bytes_of(const std::vector<FramePart>& parts) {
    std::uint64_t bytes = 0;
    for (const FramePart& part : parts) bytes += part.bytes;
    return bytes;
}

TEST(MeasuredParts, AreWholeBlocksOfFramesThatAreThere) {
    for (const std::uint64_t frame_bytes : {2 * kib, std::uint64_t{172'800}, mib, 3 * mib + 2, 32 * mib})
        for (const std::int64_t there : {1, 2, 7, 300})
            for (const std::uint64_t block_bytes : {std::uint64_t{0}, 64 * kib}) {
                const CodecOptions options{.level = 0, .block_bytes = block_bytes};
                for (const FramePart& part : parts(frame_bytes, there, 300, options)) {
                    EXPECT_LT(part.frame, there);
                    EXPECT_LE(part.bytes, block_bytes == 0 ? mib : block_bytes);
                    EXPECT_EQ(part.offset % part.bytes, 0U);
                    EXPECT_LE(part.offset + part.bytes, frame_bytes);
                }
            }
}

TEST(MeasuredParts, BeginWithTheMiddleOfTheFirstFrame) {
    const auto found = parts(32 * mib, 4, 4);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].frame, 0);
    EXPECT_EQ(found[0].offset, 16 * mib);
}

TEST(MeasuredParts, LieAllOverTheStackAndAllOverTheFrames) {
    const auto found = parts(8 * mib, 128, 128);
    ASSERT_EQ(found.size(), 8U);
    std::set<std::uint64_t> places;
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(found[k].frame, static_cast<std::int64_t>(16 * k));
        places.insert(found[k].offset);
    }
    EXPECT_GE(places.size(), 6U);
}

TEST(MeasuredParts, OfSmallFramesAreEight) {
    EXPECT_EQ(parts(128 * kib, 256, 256).size(), 8U);
    EXPECT_EQ(parts(128 * kib, 3, 3).size(), 3U);
}

TEST(MeasuredParts, AreAHundredthOfLargeStacksAndNoMoreThanABound) {
    for (const std::int64_t frames : {8, 64, 1000})
        EXPECT_LE(bytes_of(parts(16 * mib, frames, frames)), static_cast<std::uint64_t>(frames) * 16 * mib / 100);
    EXPECT_EQ(bytes_of(parts(16 * mib, 100'000, 100'000)), 16 * mib);
    EXPECT_EQ(bytes_of(parts(16 * mib, 100'000, 100'000, {.level = 9, .block_bytes = 0})), 4 * mib);
}

// Of a pipe, the first frame is all there is.
TEST(MeasuredParts, AreAsManyWhereFewerFramesAreThere) {
    const auto found = parts(16 * mib, 1, 128);
    EXPECT_EQ(found.size(), parts(16 * mib, 128, 128).size());
    std::set<std::uint64_t> places;
    for (const FramePart& part : found) places.insert(part.offset);
    EXPECT_EQ(places.size(), found.size());
}

TEST(MeasuredParts, AreNoneWhereNothingIsOpenOrThere) {
    EXPECT_TRUE(parts(mib, 0, 0).empty());
    EXPECT_TRUE(parts(0, 4, 4).empty());
    EXPECT_TRUE(parts(largest_frame + 1, 4, 4).empty());
    const CodecOptions settled{.level = 0, .block_bytes = 0, .filter = Filter::none};
    EXPECT_TRUE(parts(mib, 4, 4, settled, "lz4").empty());
    EXPECT_FALSE(parts(mib, 4, 4, settled, "zstd").empty()) << "its method is open";
}

}  // namespace
}  // namespace mrcz::codec::blosc
