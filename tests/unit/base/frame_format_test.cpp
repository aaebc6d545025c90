#include "mrcz/frame_format.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mrcz {
namespace {

constexpr FrameFormat four_bit(std::int64_t nx, std::int64_t ny, RowPacking packing) {
    return {PixelType::uint4, nx, ny, packing};
}

constexpr auto padded = RowPacking::padded;
constexpr auto contiguous = RowPacking::contiguous;

}  // namespace

TEST(FrameFormat, WholeBytesAreMultiplied) {
    EXPECT_EQ(bytes_of({PixelType::int16, 7, 5}), 70U);
    EXPECT_EQ(bytes_of({PixelType::complex_float32, 7, 5, contiguous}), 280U);
    EXPECT_EQ(bytes_to_empty_half({PixelType::int16, 7, 5}), 0U);
    EXPECT_EQ(pixel_count({PixelType::int16, 7, 5}), 35U);
}

TEST(FrameFormat, EvenRowsOfFourBitsFillTheirBytes) {
    for (const RowPacking packing : {padded, contiguous}) {
        EXPECT_EQ(bytes_of(four_bit(8, 5, packing)), 20U);
        EXPECT_EQ(bytes_to_empty_half(four_bit(8, 5, packing)), 0U);
    }
}

TEST(FrameFormat, OddRowsOfFourBitsArePaddedEachOrTogether) {
    EXPECT_EQ(bytes_of(four_bit(7, 5, padded)), 20U);
    EXPECT_EQ(bytes_to_empty_half(four_bit(7, 5, padded)), 4U);
    EXPECT_EQ(bytes_of(four_bit(7, 5, contiguous)), 18U);
    EXPECT_EQ(bytes_to_empty_half(four_bit(7, 5, contiguous)), 18U);
    EXPECT_EQ(bytes_of(four_bit(7, 6, contiguous)), 21U);
    EXPECT_EQ(bytes_to_empty_half(four_bit(7, 6, contiguous)), 0U);
    EXPECT_EQ(bytes_of(four_bit(7, 1, padded)), bytes_of(four_bit(7, 1, contiguous)));
}

TEST(FrameFormat, SizesBeyondSixtyFourBitsAreTheGreatest) {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    EXPECT_EQ(bytes_of({PixelType::complex_float32, most, most}), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(bytes_of(four_bit(most, most, padded)), (std::uint64_t{1} << 30) * most);
}

}  // namespace mrcz
