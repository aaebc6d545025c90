#include "mrcz/sum_image.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "kit/four_bit.hpp"
#include "kit/images.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/error.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

template <class Number>
std::span<const std::byte> bytes_of_numbers(const std::vector<Number>& numbers) {
    return std::as_bytes(std::span(numbers));
}

template <class Number>
SumImage sum_of(const FrameFormat& format, const std::vector<std::vector<Number>>& frames) {
    FrameSummer summer(format);
    for (const auto& frame : frames) summer.add(bytes_of_numbers(frame));
    return summer.take();
}

/// The sum of `count` equal frames of one pixel.
template <class Number>
SumImage sum_of_equal(PixelType type, Number pixel, std::int64_t count) {
    FrameSummer summer({type, 1, 1});
    const std::vector<Number> frame{pixel};
    for (std::int64_t i = 0; i < count; ++i) summer.add(bytes_of_numbers(frame));
    return summer.take();
}

std::vector<std::uint32_t> narrow(const SumImage& sum) { return std::get<std::vector<std::uint32_t>>(sum.values); }
std::vector<std::int64_t> wide(const SumImage& sum) { return std::get<std::vector<std::int64_t>>(sum.values); }
std::vector<double> floats(const SumImage& sum) { return std::get<std::vector<double>>(sum.values); }

TEST(FrameSummer, SumOfNoFramesIsZero) {
    FrameSummer summer({PixelType::uint8, 3, 2});
    const SumImage sum = summer.take();
    EXPECT_EQ(sum.frames, 0);
    EXPECT_EQ(narrow(sum), std::vector<std::uint32_t>(6));
    EXPECT_EQ(floats(FrameSummer({PixelType::float32, 1, 2}).take()), std::vector<double>(2));
}

TEST(FrameSummer, TakingEmptiesIt) {
    FrameSummer summer({PixelType::uint8, 1, 1});
    const std::vector<std::uint8_t> frame{7};
    summer.add(bytes_of_numbers(frame));
    EXPECT_EQ(narrow(summer.take()), std::vector<std::uint32_t>{7});
    summer.add(bytes_of_numbers(frame));
    const SumImage second = summer.take();
    EXPECT_EQ(second.frames, 1);
    EXPECT_EQ(narrow(second), std::vector<std::uint32_t>{7});
}

TEST(FrameSummer, UnsignedSumsAre32BitWhereTheyFit) {
    EXPECT_EQ(narrow(sum_of<std::uint8_t>({PixelType::uint8, 2, 1}, {{255, 1}, {255, 0}})),
              (std::vector<std::uint32_t>{510, 1}));
    EXPECT_EQ(narrow(sum_of<std::uint16_t>({PixelType::uint16, 2, 1}, {{65535, 1}, {65535, 0}})),
              (std::vector<std::uint32_t>{131070, 1}));
    EXPECT_EQ(narrow(sum_of<std::uint32_t>({PixelType::uint32, 1, 1}, {{4294967295U}})),
              std::vector<std::uint32_t>{4294967295U});
}

TEST(FrameSummer, SumsBeyond32BitAre64Bit) {
    EXPECT_EQ(wide(sum_of<std::uint32_t>({PixelType::uint32, 2, 1}, {{4294967295U, 1}, {1, 1}})),
              (std::vector<std::int64_t>{4294967296, 2}));
    EXPECT_EQ(wide(sum_of<std::int32_t>({PixelType::int32, 1, 1}, {{2147483647}, {2147483647}, {2147483647}})),
              std::vector<std::int64_t>{6442450941});
}

TEST(FrameSummer, NegativeSumsAre64Bit) {
    EXPECT_EQ(wide(sum_of<std::int8_t>({PixelType::int8, 2, 1}, {{-128, 1}, {-128, 2}})),
              (std::vector<std::int64_t>{-256, 3}));
    EXPECT_EQ(wide(sum_of<std::int16_t>({PixelType::int16, 2, 1}, {{-32768, 1}, {-32768, 2}})),
              (std::vector<std::int64_t>{-65536, 3}));
    EXPECT_EQ(wide(sum_of<std::int32_t>({PixelType::int32, 1, 1}, {{-7}})), std::vector<std::int64_t>{-7});
}

TEST(FrameSummer, NegativePixelsWhoseSumsAreNotAre32Bit) {
    EXPECT_EQ(narrow(sum_of<std::int16_t>({PixelType::int16, 1, 1}, {{-5}, {6}})), std::vector<std::uint32_t>{1});
    EXPECT_EQ(narrow(sum_of<std::int32_t>({PixelType::int32, 1, 1}, {{-5}, {6}})), std::vector<std::uint32_t>{1});
}

TEST(FrameSummer, SmallSumsNeverOverflow) {
    EXPECT_EQ(narrow(sum_of_equal<std::uint8_t>(PixelType::uint8, 255, 1000)), std::vector<std::uint32_t>{255000});
    EXPECT_EQ(wide(sum_of_equal<std::int8_t>(PixelType::int8, -128, 1000)), std::vector<std::int64_t>{-128000});
    EXPECT_EQ(narrow(sum_of_equal<std::int8_t>(PixelType::int8, 127, 1000)), std::vector<std::uint32_t>{127000});
    EXPECT_EQ(narrow(sum_of_equal<std::uint8_t>(PixelType::uint4, 15, 1000)), std::vector<std::uint32_t>{15000});
}

TEST(FrameSummer, SumsOf16BitPixelsNeverOverflow) {
    EXPECT_EQ(narrow(sum_of_equal<std::uint16_t>(PixelType::uint16, 65535, 65537)),
              std::vector<std::uint32_t>{4294967295U});
    EXPECT_EQ(wide(sum_of_equal<std::uint16_t>(PixelType::uint16, 65535, 65539)),
              std::vector<std::int64_t>{std::int64_t{65535} * 65539});
    EXPECT_EQ(wide(sum_of_equal<std::int16_t>(PixelType::int16, -32768, 65538)),
              std::vector<std::int64_t>{std::int64_t{-32768} * 65538});
}

TEST(FrameSummer, SumsOf8BitPixelsNeverOverflow32Bit) {
    constexpr std::int64_t frames = 16843009 + 300;
    EXPECT_EQ(wide(sum_of_equal<std::uint8_t>(PixelType::uint8, 255, frames)), std::vector<std::int64_t>{255 * frames});
}

TEST(FrameSummer, FloatsAreSummedInDoublePrecision) {
    const auto sum = floats(sum_of<float>({PixelType::float32, 2, 1}, {{16777216.0F, 0.1F}, {1.0F, 0.1F}}));
    EXPECT_EQ(sum, (std::vector<double>{16777217.0, 2 * double{0.1F}}));
}

TEST(FrameSummer, NanStaysWhereItIs) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto sum = floats(sum_of<float>({PixelType::float32, 2, 1}, {{nan, 1}, {1, 1}}));
    EXPECT_TRUE(std::isnan(sum[0]));
    EXPECT_EQ(sum[1], 2);
}

TEST(FrameSummer, EveryFrameOfFloat16CountsHoweverManyThereAre) {
    FrameSummer summer({PixelType::float16, 3, 1});
    const std::vector<std::uint16_t> frame{0x3C00, 0x0001, 0xC000};  // 1, 2^-24, -2
    for (const int frames : {1, 2, 3, 5}) {
        for (int f = 0; f < frames; ++f) summer.add(bytes_of_numbers(frame));
        const SumImage sum = summer.take();
        EXPECT_EQ(sum.frames, frames);
        EXPECT_EQ(floats(sum), (std::vector<double>{1.0 * frames, 0x1p-24 * frames, -2.0 * frames}));
    }
}

TEST(FrameSummer, Float16IsSummedAsTheNumbersItHolds) {
    constexpr std::int64_t nx = 97, ny = 61;
    const FrameFormat half{PixelType::float16, nx, ny}, single{PixelType::float32, nx, ny};
    const Bytes frame = kit::make_pixels(PixelType::float16, static_cast<std::uint64_t>(nx * ny));
    Bytes widened(static_cast<std::size_t>(bytes_of(single)));
    (void)convert(frame, half, widened, single);
    FrameSummer of_halves(half), of_floats(single);
    for (int i = 0; i < 3; ++i) {
        of_halves.add(frame);
        of_floats.add(widened);
    }
    EXPECT_EQ(of_halves.take(), of_floats.take());
}

class FourBitSums : public testing::TestWithParam<RowPacking> {};
INSTANTIATE_TEST_SUITE_P(Packing, FourBitSums, testing::Values(RowPacking::padded, RowPacking::contiguous));

TEST_P(FourBitSums, AreThoseOfTheUnpackedPixels) {
    for (const std::int64_t nx : {1, 2, 11, 4097, 70001}) {
        const FrameFormat format{PixelType::uint4, nx, 5, GetParam()};
        FrameSummer packed(format), unpacked({PixelType::uint8, nx, 5});
        for (unsigned seed = 1; seed < 40; ++seed) {
            const Bytes frame = kit::make_noise(static_cast<std::size_t>(bytes_of(format)), seed);
            packed.add(frame);
            unpacked.add(kit::unpacked(frame, format));
        }
        EXPECT_EQ(packed.take(), unpacked.take()) << nx;
    }
}

TEST(FrameSummer, ThreadsDoNotChangeTheSum) {
    constexpr std::int64_t nx = 517, ny = 503;
    ThreadExecutor eight(8);
    RunContext threads;
    threads.executor = &eight;
    for (const PixelType type : {PixelType::int8, PixelType::uint8, PixelType::int16, PixelType::uint16,
                                 PixelType::uint4, PixelType::float16, PixelType::float32}) {
        const FrameFormat format{type, nx, ny};
        FrameSummer one(format), many(format);
        for (unsigned seed = 0; seed < 3; ++seed) {
            Bytes frame(static_cast<std::size_t>(bytes_of(format)));
            const Bytes pixels = kit::make_pixels(type, static_cast<std::uint64_t>(nx * ny), seed);
            std::memcpy(frame.data(), pixels.data(), frame.size());
            one.add(frame);
            many.add(frame, threads);
        }
        EXPECT_EQ(one.take(), many.take()) << info_of(type).name;
    }
}

TEST(FrameSummer, PixelsThatAreNotOneNumberAreRefused) {
    for (const PixelType type : {PixelType::complex_int16, PixelType::complex_float32, PixelType::rgb8})
        EXPECT_THROW(FrameSummer({type, 1, 1}), Error) << info_of(type).name;
}

TEST(FrameSummer, FrameOfAnotherSizeIsRefused) {
    FrameSummer summer({PixelType::uint16, 2, 2});
    const std::vector<std::uint16_t> frame(3);
    EXPECT_THROW(summer.add(bytes_of_numbers(frame)), Error);
}

}  // namespace
}  // namespace mrcz
