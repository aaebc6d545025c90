#include "container/value_counts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/bytes.hpp"
#include "kit/counts.hpp"

namespace mrcz::container {
namespace {

template <class Value>
Bytes ramp(std::size_t pixels, unsigned values, Value first = 0) {
    Bytes frame;
    for (std::size_t at = 0; at < pixels; ++at) append_le(frame, static_cast<Value>(first + at % values));
    return frame;
}

double bits_of(const FrameFormat& format, const Bytes& frame, std::int64_t frames = 1) {
    ValueCounts counts(format, frames);
    for (std::int64_t number = 0; number < std::max<std::int64_t>(1, frames); ++number) counts.add(number, frame);
    return counts.entropy().pixel_bits;
}

}  // namespace

TEST(ValueCounts, EqualSharesTakeTheLogarithmOfTheirNumber) {
    EXPECT_NEAR(bits_of({PixelType::uint8, 64, 64}, ramp<std::uint8_t>(4096, 8)), 3, 1e-4);
    EXPECT_NEAR(bits_of({PixelType::int8, 64, 64}, ramp<std::int8_t>(4096, 256, -128)), 8, 1e-4);
    EXPECT_NEAR(bits_of({PixelType::uint16, 64, 64}, ramp<std::uint16_t>(4096, 1024, 65000)), 10, 1e-4);
    EXPECT_NEAR(bits_of({PixelType::int32, 64, 64}, ramp<std::int32_t>(4096, 64, -40)), 6, 1e-4);
    EXPECT_EQ(bits_of({PixelType::uint8, 64, 64}, Bytes(4096)), 0);
}

TEST(ValueCounts, HalvesOfBytesAreCountedAsPixels) {
    EXPECT_NEAR(bits_of({PixelType::uint4, 64, 64}, ramp<std::uint8_t>(2048, 256)), 4, 1e-4);
}

TEST(ValueCounts, ValuesBeyondCountingMakeNoEntropy) {
    ValueCounts counts({PixelType::uint32, 64, 64}, 1);
    counts.add(0, ramp<std::uint32_t>(4096, 2, 65535));
    EXPECT_EQ(counts.entropy().frames, 0);
}

TEST(ValueCounts, APartOfLargeStacksStandsForAll) {
    constexpr std::int64_t side = 1024, frames = 8;
    kit::Counts random(3);
    Bytes frame;
    for (std::int64_t at = 0; at < side * side; ++at) append_le(frame, static_cast<std::uint8_t>(random.poisson(1)));
    const FrameFormat format{PixelType::uint8, side, side};
    const double all = bits_of(format, frame, 1), part = bits_of(format, frame, frames);
    EXPECT_NEAR(all, 1.8825, 0.01) << "Shannon entropy of Poisson counts, mean 1";
    EXPECT_NE(all, part);
    EXPECT_NEAR(all, part, 0.01);
}

TEST(ValueCounts, CountersOfSeveralThreadsAddUp) {
    const FrameFormat format{PixelType::uint16, 64, 64};
    ValueCounts whole(format, 4), first(format, 4), second(format, 4);
    for (std::int64_t number = 0; number < 4; ++number) {
        const Bytes frame = ramp<std::uint16_t>(4096, static_cast<unsigned>(3 * number + 2));
        whole.add(number, frame);
        (number % 2 == 0 ? first : second).add(number, frame);
    }
    first.add(second);
    EXPECT_EQ(first.entropy().pixel_bits, whole.entropy().pixel_bits);
    EXPECT_EQ(first.entropy().frames, 4);
}

}  // namespace mrcz::container
