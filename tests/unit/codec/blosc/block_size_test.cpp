#include "codec/blosc/block_size.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mrcz::codec::blosc {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::size_t pixel_sizes[] = {1, 2, 3, 4, 8};

TEST(BlockSize, FrameWithinTheTargetIsOneBlock) {
    for (const std::size_t pixel_bytes : pixel_sizes) {
        EXPECT_EQ(choose_block_bytes(pixel_bytes, pixel_bytes, 0), pixel_bytes);
        EXPECT_EQ(choose_block_bytes(mib, pixel_bytes, 0), mib);
        EXPECT_EQ(choose_block_bytes(mib - 24, pixel_bytes, 0), mib - 24);
        EXPECT_EQ(choose_block_bytes(240, pixel_bytes, 240), 240U);
        EXPECT_EQ(choose_block_bytes(240, pixel_bytes, 100'000'000), 240U);
    }
}

TEST(BlockSize, FramesOfWholeGroupsOfEightPixelsUseTheTarget) {
    EXPECT_EQ(choose_block_bytes(std::uint64_t{4096} * 4096 * 2, 2, 0), mib);
    EXPECT_EQ(choose_block_bytes(std::uint64_t{5760} * 4092, 1, 0), mib);
    EXPECT_EQ(choose_block_bytes(3 * mib, 3, 0), mib - mib % 24);
}

TEST(BlockSize, WantedSizeIsKeptAsAWholeNumberOfGroupsOfEightPixels) {
    for (const std::size_t pixel_bytes : pixel_sizes)
        for (const std::uint64_t wanted : {1, 7, 100, 1000, 1024, 65536, 131072, 1'000'003}) {
            const std::uint64_t unit = 8 * pixel_bytes;
            const std::uint64_t expected = std::max(unit, wanted - wanted % unit);
            EXPECT_EQ(choose_block_bytes(10'000'000 * pixel_bytes, pixel_bytes, wanted), expected) << wanted;
        }
}

TEST(BlockSize, DefaultLeavesASmallLastBlockToFramesOfOddSize) {
    for (const std::size_t pixel_bytes : pixel_sizes)
        for (const std::uint64_t pixels : {3838 * 3711, 11'520 * 8184 - 1, 4'097 * 4'097, 1'234'567, 2'000'003}) {
            const std::uint64_t frame = pixels * pixel_bytes;
            const std::size_t block = choose_block_bytes(frame, pixel_bytes, 0);
            SCOPED_TRACE(testing::Message() << pixels << " pixels of " << pixel_bytes << " bytes: block " << block);
            if (frame <= mib) continue;
            EXPECT_LE(block, mib);
            EXPECT_GE(block, mib - mib / 8 - 8 * pixel_bytes);
            EXPECT_EQ(block % (8 * pixel_bytes), 0U);
            EXPECT_LE(frame % block, frame % (mib - mib % (8 * pixel_bytes)));
        }
}

TEST(BlockSize, IsNeverZeroNorMoreThanTheFrame) {
    for (const std::size_t pixel_bytes : pixel_sizes)
        for (std::uint64_t pixels = 1; pixels < 200; ++pixels)
            for (const std::uint64_t wanted : {0, 1, 8, 24, 63, 64, 65, 1024}) {
                const std::size_t block = choose_block_bytes(pixels * pixel_bytes, pixel_bytes, wanted);
                EXPECT_GE(block, 1U);
                EXPECT_LE(block, pixels * pixel_bytes);
                EXPECT_EQ(block % pixel_bytes, 0U);
            }
}

}  // namespace
}  // namespace mrcz::codec::blosc
