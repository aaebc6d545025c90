// Statistics of pixels of 4 bits: two a byte, halves that are no pixels left out.
#include <gtest/gtest.h>

#include "kit/four_bit.hpp"
#include "kit/images.hpp"
#include "levels.hpp"
#include "simd/statistics.hpp"

namespace mrcz::simd {
namespace {

StatisticsState state_of(Level level, std::span<const std::byte> pixels, PixelType type) {
    StatisticsState state;
    kernels(level).accumulate(state, pixels, type);
    return state;
}

FrameStatistics by_definition(std::span<const std::byte> frame, const FrameFormat& format) {
    return finish(state_of(Level::scalar, kit::unpacked(frame, format), PixelType::uint8), PixelType::uint8);
}

void expect_same(const FrameStatistics& a, const FrameStatistics& b) {
    EXPECT_EQ(a.minimum, b.minimum);
    EXPECT_EQ(a.maximum, b.maximum);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.standard_deviation, b.standard_deviation);
}

}  // namespace

TEST(FourBitStatistics, LevelsAgreeWithUnpackedPixels) {
    for (const std::size_t bytes : {0, 1, 5, 31, 32, 33, 64, 100, 1000, 300'000}) {
        Buffer packed(bytes, 3);
        fill_random(packed.span(), static_cast<unsigned>(bytes));
        const FrameFormat row{PixelType::uint4, static_cast<std::int64_t>(2 * bytes), 1};
        const StatisticsState expected = state_of(Level::scalar, kit::unpacked(packed.span(), row), PixelType::uint8);
        for (const Level level : levels()) {
            SCOPED_TRACE(testing::Message() << kernels(level).name << ' ' << bytes);
            const StatisticsState actual = state_of(level, packed.span(), PixelType::uint4);
            EXPECT_EQ(actual.count, expected.count);
            EXPECT_EQ(actual.integer_min, expected.integer_min);
            EXPECT_EQ(actual.integer_max, expected.integer_max);
            EXPECT_EQ(actual.integer_sum, expected.integer_sum);
            EXPECT_EQ(actual.integer_square, expected.integer_square);
        }
    }
}

TEST(FourBitStatistics, GreatestPixelsDoNotOverflow) {
    const std::vector<std::byte> bright(1'000'003, std::byte{0xff});
    for (const Level level : levels()) {
        const StatisticsState state = state_of(level, bright, PixelType::uint4);
        EXPECT_EQ(state.integer_sum, 15 * 2'000'006);
        EXPECT_EQ(state.integer_square, 225U * 2'000'006);
    }
}

TEST(FourBitStatistics, EmptyHalvesAreLeftOutInAnyCut) {
    for (const RowPacking packing : {RowPacking::padded, RowPacking::contiguous})
        for (const auto& [nx, ny] : {std::pair{1, 1}, {1, 9}, {7, 5}, {7, 6}, {8, 5}, {333, 101}}) {
            const FrameFormat format{PixelType::uint4, nx, ny, packing};
            Bytes frame = kit::make_noise(static_cast<std::size_t>(bytes_of(format)));
            for (std::byte& pair : frame) pair |= std::byte{0x11};  // an empty half counted would often be the least
            const std::uint64_t empty = bytes_to_empty_half(format);
            for (std::size_t at = 0; empty != 0 && at < frame.size(); at += empty)
                frame[at + empty - 1] &= std::byte{15};
            for (const std::size_t step : {1, 2, 3, 1000, 100'000}) {
                SCOPED_TRACE(testing::Message() << nx << " x " << ny << " by " << step);
                FrameSums sums(format);
                sums.start();
                for (std::size_t at = 0; at < frame.size(); at += step)
                    sums.add(std::span(frame).subspan(at, std::min(step, frame.size() - at)));
                expect_same(sums.result(), by_definition(frame, format));
                EXPECT_GE(sums.result().minimum, 1);
            }
        }
}

}  // namespace mrcz::simd
