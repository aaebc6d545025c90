#include "simd/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/byte_order.hpp"
#include "levels.hpp"
#include "pixel_values.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {
namespace {

constexpr PixelType ordered_types[] = {PixelType::int8,  PixelType::uint8,  PixelType::int16,   PixelType::uint16,
                                       PixelType::int32, PixelType::uint32, PixelType::float16, PixelType::float32};
constexpr std::size_t counts[] = {0, 1, 5, 15, 16, 17, 31, 33, 64, 65, 100, 127, 1000, 4099};
constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// Random bytes; floats get moderate exponents, with NaN for one in eight when asked.
Buffer random_pixels(PixelType type, std::size_t count, std::size_t offset = 0, bool with_nan = false) {
    Buffer pixels(count * info_of(type).pixel_bytes, offset);
    fill_random(pixels.span(), static_cast<unsigned>(count) + 17);
    for (std::size_t i = 0; i < count; ++i) {
        const bool is_nan = with_nan && std::to_integer<unsigned>(pixels.data()[i * info_of(type).pixel_bytes]) < 32;
        if (type == PixelType::float16) {
            auto bits = load_le<std::uint16_t>(pixels.data() + 2 * i);
            bits = static_cast<std::uint16_t>(is_nan ? 0x7E01 : bits & 0xBFFF);
            store_le(pixels.data() + 2 * i, bits);
        }
        if (type == PixelType::float32) {
            const auto bits = load_le<std::uint32_t>(pixels.data() + 4 * i);
            store_le(pixels.data() + 4 * i, is_nan ? 0xFFC00001u : (bits & 0x83FFFFFFu) | 0x3C000000u);
        }
    }
    return pixels;
}

Buffer of_floats(std::vector<float> numbers) {
    Buffer pixels(4 * numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) store_le(pixels.data() + 4 * i, numbers[i]);
    return pixels;
}

StatisticsState state_of(Level level, std::span<const std::byte> pixels, PixelType type) {
    StatisticsState state;
    kernels(level).accumulate(state, pixels, type);
    return state;
}

FrameStatistics statistics_of(Level level, std::span<const std::byte> pixels, PixelType type) {
    return finish(state_of(level, pixels, type), type);
}

std::uint64_t bits_of(double number) { return std::bit_cast<std::uint64_t>(number); }

// operator== would take NaN for unequal and zeros of either sign for equal.
void expect_same_bits(const FrameStatistics& a, const FrameStatistics& b) {
    EXPECT_EQ(bits_of(a.minimum), bits_of(b.minimum));
    EXPECT_EQ(bits_of(a.maximum), bits_of(b.maximum));
    EXPECT_EQ(bits_of(a.mean), bits_of(b.mean));
    EXPECT_EQ(bits_of(a.standard_deviation), bits_of(b.standard_deviation));
    EXPECT_EQ(a.nan_count, b.nan_count);
}

void expect_same_sums(const StatisticsState& a, const StatisticsState& b) {
    EXPECT_EQ(a.count, b.count);
    EXPECT_EQ(a.nan_count, b.nan_count);
    EXPECT_EQ(a.integer_min, b.integer_min);
    EXPECT_EQ(a.integer_max, b.integer_max);
    EXPECT_EQ(a.integer_sum, b.integer_sum);
    EXPECT_EQ(a.integer_square, b.integer_square);
    EXPECT_EQ(a.has_pivot, b.has_pivot);
    EXPECT_EQ(a.pivot, b.pivot);
    EXPECT_EQ(std::memcmp(a.float_sum, b.float_sum, sizeof a.float_sum), 0);
    EXPECT_EQ(std::memcmp(a.float_square, b.float_square, sizeof a.float_square), 0);
    EXPECT_EQ(std::memcmp(a.float_min, b.float_min, sizeof a.float_min), 0);
    EXPECT_EQ(std::memcmp(a.float_max, b.float_max, sizeof a.float_max), 0);
}

void expect_close(const FrameStatistics& actual, const std::vector<long double>& numbers) {
    long double sum = 0, square = 0;
    for (const long double x : numbers) sum += x;
    const long double count = static_cast<long double>(numbers.size()), mean = sum / count;
    for (const long double x : numbers) square += (x - mean) * (x - mean);
    const double deviation = static_cast<double>(std::sqrt(square / count));
    const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    EXPECT_EQ(actual.minimum, static_cast<double>(*low));
    EXPECT_EQ(actual.maximum, static_cast<double>(*high));
    EXPECT_NEAR(actual.mean, static_cast<double>(mean), 1e-14 * static_cast<double>(*high - *low));
    EXPECT_NEAR(actual.standard_deviation, deviation, 1e-13 * deviation);
}

TEST(Statistics, EveryLevelMatchesLongDoubles) {
    for (const PixelType type : ordered_types) {
        for (const std::size_t count : counts) {
            if (count < 2) continue;
            Buffer pixels = random_pixels(type, count);
            std::vector<long double> numbers;
            for (std::size_t i = 0; i < count; ++i) {
                numbers.push_back(number_at(pixels.data() + i * info_of(type).pixel_bytes, type));
            }
            for (const Level level : levels()) {
                SCOPED_TRACE(testing::Message() << kernels(level).name << ' ' << info_of(type).name << ' ' << count);
                expect_close(statistics_of(level, pixels.span(), type), numbers);
            }
        }
    }
}

TEST(Statistics, EveryLevelMatchesScalar) {
    for (const PixelType type : ordered_types) {
        for (const std::size_t count : counts) {
            Buffer pixels = random_pixels(type, count, count % 3, true);
            const StatisticsState expected = state_of(Level::scalar, pixels.span(), type);
            for (const Level level : levels()) {
                SCOPED_TRACE(testing::Message() << kernels(level).name << ' ' << info_of(type).name << ' ' << count);
                expect_same_sums(state_of(level, pixels.span(), type), expected);
            }
        }
    }
}

TEST(Statistics, CutDoesNotMatter) {
    for (const PixelType type : ordered_types) {
        const std::size_t bytes = info_of(type).pixel_bytes;
        Buffer pixels = random_pixels(type, 4099, 0, true);
        for (const Level level : levels()) {
            const StatisticsState whole = state_of(level, pixels.span(), type);
            for (const std::size_t piece : {1, 3, 16, 17, 100, 4096}) {
                SCOPED_TRACE(testing::Message() << kernels(level).name << ' ' << info_of(type).name << ' ' << piece);
                StatisticsState state;
                for (auto rest = pixels.span(); !rest.empty();) {
                    const auto now = rest.first(std::min(piece * bytes, rest.size()));
                    kernels(level).accumulate(state, now, type);
                    rest = rest.subspan(now.size());
                }
                expect_same_sums(state, whole);
            }
        }
    }
}

TEST(Statistics, ExtremeIntegersDoNotOverflow) {
    // More than the vectors that a block of the 8- and 16-bit kernels takes.
    for (const PixelType type : {PixelType::int8, PixelType::uint8, PixelType::int16, PixelType::uint16}) {
        for (const int value : {0x00, 0x80, 0xFF}) {
            Buffer pixels(32 * 8192 * 2 + 64);
            const std::size_t bytes = info_of(type).pixel_bytes;
            for (std::size_t i = 0; i < pixels.span().size(); ++i) {
                const bool low_byte_of_smallest = value == 0x80 && i % bytes + 1 < bytes;
                pixels.data()[i] = static_cast<std::byte>(low_byte_of_smallest ? 0 : value);
            }
            const auto number = number_at(pixels.data(), type);
            for (const Level level : levels()) {
                const FrameStatistics constant{number, number, number, 0, 0};
                EXPECT_EQ(statistics_of(level, pixels.span(), type), constant) << kernels(level).name;
            }
        }
    }
}

TEST(Statistics, ConstantFrameHasNoDeviation) {
    Buffer pixels = of_floats(std::vector<float>(1000, 0.1f));
    for (const Level level : levels()) {
        const double number = static_cast<double>(0.1f);
        const FrameStatistics constant{number, number, number, 0, 0};
        EXPECT_EQ(statistics_of(level, pixels.span(), PixelType::float32), constant);
    }
}

TEST(Statistics, SmallSpreadOnALargeOffsetIsKept) {
    std::vector<float> numbers;
    for (int i = 0; i < 4096; ++i) numbers.push_back(1.6e7f + static_cast<float>(i % 2));
    Buffer pixels = of_floats(numbers);
    for (const Level level : levels()) {
        EXPECT_EQ(statistics_of(level, pixels.span(), PixelType::float32).standard_deviation, 0.5);
    }
}

TEST(Statistics, EveryHalfIsReadExactly) {
    for (unsigned bits = 0; bits < 0x10000; ++bits) {
        Buffer pixels(2 * 32);
        for (std::size_t i = 0; i < 32; ++i) store_le(pixels.data() + 2 * i, static_cast<std::uint16_t>(bits));
        const auto number = half_value(static_cast<std::uint16_t>(bits));
        for (const Level level : levels()) {
            const FrameStatistics all = statistics_of(level, pixels.span(), PixelType::float16);
            ASSERT_EQ(all.nan_count, std::isnan(number) ? 32u : 0u) << bits;
            if (!std::isnan(number)) {
                ASSERT_EQ(all.minimum, number) << bits;
                ASSERT_EQ(all.maximum, number) << bits;
                ASSERT_EQ(all.mean, number) << bits;
            }
        }
    }
}

TEST(Statistics, NanIsCountedAndLeftOut) {
    std::vector<float> numbers(100, nan);
    numbers[3] = 1;
    numbers[77] = 5;
    Buffer pixels = of_floats(numbers);
    for (const Level level : levels()) {
        const FrameStatistics expected{1, 5, 3, 2, 98};
        EXPECT_EQ(statistics_of(level, pixels.span(), PixelType::float32), expected);
    }
}

TEST(Statistics, NoNumberGivesNan) {
    Buffer pixels = of_floats(std::vector<float>(100, nan));
    for (const Level level : levels()) {
        for (const std::size_t count : {0, 100}) {
            const FrameStatistics none = statistics_of(level, pixels.span().first(4 * count), PixelType::float32);
            EXPECT_TRUE(std::isnan(none.minimum) && std::isnan(none.maximum));
            EXPECT_TRUE(std::isnan(none.mean) && std::isnan(none.standard_deviation));
            EXPECT_EQ(none.nan_count, count);
        }
    }
}

TEST(Statistics, InfinityReachesTheMeanAndUndefinesTheDeviation) {
    for (const std::size_t place : {0, 1, 20, 63}) {
        std::vector<float> numbers(64, 2);
        numbers[place] = -inf;
        Buffer pixels = of_floats(numbers);
        const FrameStatistics scalar = statistics_of(Level::scalar, pixels.span(), PixelType::float32);
        EXPECT_EQ(scalar.minimum, -inf);
        EXPECT_EQ(scalar.maximum, 2);
        EXPECT_EQ(scalar.mean, -inf);
        EXPECT_TRUE(std::isnan(scalar.standard_deviation));
        for (const Level level : levels()) {
            expect_same_bits(statistics_of(level, pixels.span(), PixelType::float32), scalar);
        }
    }
}

TEST(Statistics, InfinitiesOfBothSignsHaveNoMean) {
    std::vector<float> numbers(64, 2);
    numbers[5] = inf;
    numbers[40] = -inf;
    Buffer pixels = of_floats(numbers);
    const FrameStatistics scalar = statistics_of(Level::scalar, pixels.span(), PixelType::float32);
    EXPECT_TRUE(std::isnan(scalar.mean));
    for (const Level level : levels()) {
        expect_same_bits(statistics_of(level, pixels.span(), PixelType::float32), scalar);
    }
}

TEST(Statistics, ZeroIsPositive) {
    for (const std::vector<float>& numbers : {std::vector<float>(40, -0.0f), std::vector<float>{-0.0f, 0.0f, -0.0f}}) {
        Buffer pixels = of_floats(numbers);
        for (const Level level : levels()) {
            expect_same_bits(statistics_of(level, pixels.span(), PixelType::float32), FrameStatistics{0, 0, 0, 0, 0});
        }
    }
}

TEST(Statistics, UnorderedTypesOnlyCount) {
    for (const PixelType type : {PixelType::complex_int16, PixelType::complex_float32, PixelType::rgb8}) {
        Buffer pixels(24 * 10);
        for (const Level level : levels()) {
            const StatisticsState state = state_of(level, pixels.span(), type);
            EXPECT_EQ(state.count, pixels.span().size() / info_of(type).pixel_bytes);
            EXPECT_TRUE(std::isnan(finish(state, type).mean));
        }
    }
}

}  // namespace
}  // namespace mrcz::simd
