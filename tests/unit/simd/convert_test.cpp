#include "mrcz/convert.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/bytes.hpp"
#include "kit/damage.hpp"
#include "kit/four_bit.hpp"
#include "kit/images.hpp"
#include "levels.hpp"
#include "pixel_values.hpp"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

constexpr ConversionRules clip{.clip = true}, round{.round = true}, clip_and_round{.clip = true, .round = true};
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

// uint4 stands for one a byte here.
constexpr PixelType real_types[] = {PixelType::uint4,  PixelType::int8,    PixelType::uint8,
                                    PixelType::int16,  PixelType::uint16,  PixelType::int32,
                                    PixelType::uint32, PixelType::float16, PixelType::float32};

bool is_float(PixelType type) { return type == PixelType::float16 || type == PixelType::float32; }

/// float16 numbers from 0 to the greatest, in order: their bits count upwards.
std::uint16_t nearest_half(double magnitude) {
    std::uint16_t low = 0, high = 0x7bff;
    while (low + 1 < high) {
        const auto middle = static_cast<std::uint16_t>((low + high) / 2);
        (half_value(middle) <= magnitude ? low : high) = middle;
    }
    const double below = magnitude - half_value(low), above = half_value(high) - magnitude;
    if (below == above) return low % 2 == 0 ? low : high;
    return below < above ? low : high;
}

struct Range {
    double least, greatest;
};

Range range_of(PixelType type) {
    switch (type) {
        case PixelType::uint4:
            return {0, 15};
        case PixelType::int8:
            return {-128, 127};
        case PixelType::uint8:
            return {0, 255};
        case PixelType::int16:
            return {-32768, 32767};
        case PixelType::uint16:
            return {0, 65535};
        case PixelType::int32:
            return {-2147483648.0, 2147483647.0};
        case PixelType::uint32:
            return {0, 4294967295.0};
        case PixelType::float16:
            return {-65504, 65504};
        default:
            return {-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
    }
}

struct Expected {
    double value = 0;
    bool clipped = false, rounded = false, nan = false;
};

/// What a value becomes, from the definition; doubles hold every value of every type.
Expected by_definition(double x, PixelType to) {
    const Range range = range_of(to);
    if (std::isnan(x)) return is_float(to) ? Expected{x} : Expected{range.least, false, false, true};
    if (std::isinf(x) && is_float(to)) return {x};
    double nearest = 0;
    if (to == PixelType::float32) {
        nearest = static_cast<double>(static_cast<float>(x));
    } else if (to == PixelType::float16) {
        if (std::abs(x) >= 65520) return {std::copysign(65504.0, x), true};
        nearest = std::copysign(half_value(nearest_half(std::abs(x))), x);
    } else {
        nearest = std::nearbyint(x);
        if (nearest < range.least) return {range.least, true};
        if (nearest > range.greatest) return {range.greatest, true};
    }
    return {nearest, false, nearest != x};
}

void append_number(Bytes& bytes, double x, PixelType type) {
    switch (type) {
        case PixelType::int8:
            return append_le(bytes, static_cast<std::int8_t>(x));
        case PixelType::uint4:
        case PixelType::uint8:
            return append_le(bytes, static_cast<std::uint8_t>(x));
        case PixelType::int16:
            return append_le(bytes, static_cast<std::int16_t>(x));
        case PixelType::uint16:
            return append_le(bytes, static_cast<std::uint16_t>(x));
        case PixelType::int32:
            return append_le(bytes, static_cast<std::int32_t>(x));
        case PixelType::uint32:
            return append_le(bytes, static_cast<std::uint32_t>(x));
        case PixelType::float32:
            return append_le(bytes, static_cast<float>(x));
        default:
            break;
    }
    const auto sign = static_cast<std::uint16_t>(std::signbit(x) ? 0x8000 : 0);
    const auto magnitude = std::isnan(x)   ? std::uint16_t{0x7e00}
                           : std::isinf(x) ? std::uint16_t{0x7c00}
                                           : nearest_half(std::abs(x));
    append_le(bytes, static_cast<std::uint16_t>(sign | magnitude));
}

/// Numbers that `type` has: around the ends of every type, powers of two, fractions, and a spread of random ones.
std::vector<double> telling_numbers(PixelType type) {
    std::vector<double> candidates{0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 0.25, 127.5, 255.5, 65519.9, 65519.96875, 65520};
    for (const PixelType other : real_types)
        for (const double end : {range_of(other).least, range_of(other).greatest})
            for (const double step : {-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0})
                candidates.push_back(end + step);
    for (int power = -26; power < 34; ++power)
        for (const double near : {-1.0, 0.0, 1.0}) {
            candidates.push_back(std::ldexp(1, power) + near);
            candidates.push_back(-std::ldexp(1, power) * (1 + near * 0x1p-20));
        }
    std::mt19937 random(5);
    std::uniform_real_distribution<double> exponents(-28, 34);
    for (int i = 0; i < 20'000; ++i) candidates.push_back((i % 2 == 0 ? 1 : -1) * std::exp2(exponents(random)));
    if (is_float(type)) candidates.insert(candidates.end(), {static_cast<double>(nan), infinity, -infinity});
    std::vector<double> numbers;
    for (const double x : candidates) {
        const Expected held = by_definition(x, type);
        if (!held.clipped && !held.nan) numbers.push_back(held.value);
    }
    return numbers;
}

Bytes bytes_of_numbers(const std::vector<double>& numbers, PixelType type) {
    Bytes bytes;
    for (const double x : numbers) append_number(bytes, x, type);
    return bytes;
}

struct Converted {
    Bytes bytes;
    ConversionResult result;
};

Converted converted(const Bytes& from, PixelType from_type, PixelType to_type, const ConversionRules& rules = {}) {
    const auto numbers = static_cast<std::int64_t>(from.size() / info_of(from_type).pixel_bytes);
    const FrameFormat to{to_type, numbers, 1};
    Converted made{Bytes(static_cast<std::size_t>(mrcz::bytes_of(to))), {}};
    made.result = convert(from, {from_type, numbers, 1}, made.bytes, to, rules);
    return made;
}

Bytes floats(std::vector<float> numbers) {
    Bytes bytes;
    for (const float x : numbers) append_le(bytes, x);
    return bytes;
}

std::string refusal(float x, PixelType to, const ConversionRules& rules = {}) {
    return kit::error_of([&] { (void)converted(floats({0, x}), PixelType::float32, to, rules); }).message();
}

}  // namespace

TEST(Convert, EveryPairOfTypesKeepsClipsAndRoundsAsDefined) {
    for (const PixelType from : real_types)
        for (const PixelType to : real_types) {
            if (from == PixelType::uint4 || to == PixelType::uint4) continue;  // packed: below
            SCOPED_TRACE(testing::Message() << info_of(from).name << " to " << info_of(to).name);
            std::vector<double> numbers;
            ConversionResult counts;
            for (const double x : telling_numbers(from)) {
                const Expected expected = by_definition(x, to);
                if (expected.nan) continue;
                numbers.push_back(x);
                counts.clipped += expected.clipped ? 1 : 0;
                counts.rounded += expected.rounded ? 1 : 0;
            }
            const Converted made = converted(bytes_of_numbers(numbers, from), from, to, clip_and_round);
            EXPECT_EQ(made.result.clipped, counts.clipped);
            EXPECT_EQ(made.result.rounded, counts.rounded);
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                const double expected = by_definition(numbers[i], to).value;
                const double actual = number_at(&made.bytes[i * info_of(to).pixel_bytes], to);
                ASSERT_TRUE(actual == expected || (std::isnan(actual) && std::isnan(expected)))
                    << numbers[i] << " became " << actual << ", not " << expected;
                if (is_float(from) && is_float(to)) {
                    ASSERT_EQ(std::signbit(actual), std::signbit(expected));
                }
            }
        }
}

TEST(Convert, LevelsGiveTheSameBytesAndCounts) {
    std::mt19937 random(7);
    for (const PixelType from : real_types)
        for (const PixelType to : real_types) {
            const ConvertRun plain = table_of(Level::scalar).convert_run(from, to);
            Bytes numbers = bytes_of_numbers(telling_numbers(from), from);
            append(numbers, kit::make_noise(40'000));  // floats of any bits, NaN of all kinds among them
            const std::size_t from_bytes = info_of(from).pixel_bytes, to_bytes = info_of(to).pixel_bytes;
            for (const Level level : levels()) {
                const ConvertRun run = table_of(level).convert_run(from, to);
                ASSERT_EQ(run == nullptr, plain == nullptr);
                if (run == nullptr) continue;
                for (int trial = 0; trial < 40; ++trial) {
                    const std::size_t count =
                        trial < 20 ? static_cast<std::size_t>(trial) : random() % (convert_block + 1);
                    const std::size_t first = random() % (numbers.size() / from_bytes - count);
                    Buffer in(count * from_bytes, 1), expected(count * to_bytes, 3), actual(count * to_bytes, 3);
                    if (count > 0) std::memcpy(in.data(), &numbers[first * from_bytes], count * from_bytes);
                    ConversionCounts expected_counts, counts;
                    plain(in.data(), expected.data(), count, expected_counts);
                    run(in.data(), actual.data(), count, counts);
                    ASSERT_EQ(actual.copy(), expected.copy())
                        << table_of(level).name << ' ' << info_of(from).name << " to " << info_of(to).name;
                    ASSERT_EQ(counts.clipped, expected_counts.clipped);
                    ASSERT_EQ(counts.rounded, expected_counts.rounded);
                    ASSERT_EQ(counts.nan, expected_counts.nan);
                }
            }
        }
}

TEST(Convert, EveryFloat16IsAFloat32AndComesBack) {
    Bytes halves;
    for (std::uint32_t bits = 0; bits < 65536; ++bits) append_le(halves, static_cast<std::uint16_t>(bits));
    const Converted wide = converted(halves, PixelType::float16, PixelType::float32);
    const Converted back = converted(wide.bytes, PixelType::float32, PixelType::float16);
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        const bool is_nan = (bits & 0x7fff) > 0x7c00;
        const auto found = load_le<std::uint16_t>(&back.bytes[2 * bits]);
        ASSERT_EQ(found, is_nan ? bits | 0x200 : bits);
        ASSERT_EQ(std::isnan(load_le<float>(&wide.bytes[4 * bits])), is_nan);
        if (!is_nan) {
            ASSERT_EQ(static_cast<double>(load_le<float>(&wide.bytes[4 * bits])),
                      half_value(static_cast<std::uint16_t>(bits)));
        }
    }
}

TEST(Convert, NothingChangesUnlessAllowed) {
    EXPECT_EQ(refusal(300, PixelType::int8),
              "pixel x 1, y 0 is 300, beyond the range of int8; clipping (--clip) would store 127");
    EXPECT_EQ(refusal(300, PixelType::int8, round), refusal(300, PixelType::int8));
    EXPECT_EQ(refusal(2.5F, PixelType::int8),
              "pixel x 1, y 0 is 2.5, which int8 does not have exactly; rounding (--round) would store 2");
    EXPECT_EQ(refusal(2.5F, PixelType::int8, clip), refusal(2.5F, PixelType::int8));
    EXPECT_EQ(refusal(-1, PixelType::uint16),
              "pixel x 1, y 0 is -1, beyond the range of uint16; clipping (--clip) would "
              "store 0");
    EXPECT_EQ(refusal(65520, PixelType::float16),
              "pixel x 1, y 0 is 65520, beyond the range of float16; clipping (--clip) would store 65504");
    EXPECT_NE(refusal(infinity, PixelType::int32).find("beyond the range"), std::string::npos);
    for (const ConversionRules& rules : {ConversionRules{}, clip, round, clip_and_round})
        EXPECT_EQ(refusal(nan, PixelType::int16, rules), "pixel x 1, y 0 is NaN, which int16 does not have");
}

TEST(Convert, EdgesOfExactness) {
    const auto exact = [](float x, PixelType to) {
        return kit::survives([&] { (void)converted(floats({x}), PixelType::float32, to); });
    };
    EXPECT_TRUE(exact(65504, PixelType::float16));
    EXPECT_FALSE(exact(65503, PixelType::float16));
    EXPECT_TRUE(exact(0x1p-24F, PixelType::float16)) << "the least subnormal";
    EXPECT_FALSE(exact(0x1p-25F, PixelType::float16));
    EXPECT_FALSE(exact(0x1.8p-24F, PixelType::float16));
    EXPECT_TRUE(exact(infinity, PixelType::float16));
    EXPECT_TRUE(exact(nan, PixelType::float16));
    EXPECT_TRUE(exact(-0.0F, PixelType::int16)) << "the same value";
    EXPECT_FALSE(exact(2147483648.0F, PixelType::int32));
    EXPECT_TRUE(exact(-2147483648.0F, PixelType::int32));
    EXPECT_TRUE(exact(4294967040.0F, PixelType::uint32));
    Bytes wide;
    append_le(wide, std::int32_t{1 << 24});
    EXPECT_NO_THROW((void)converted(wide, PixelType::int32, PixelType::float32));
    append_le(wide, std::int32_t{(1 << 24) + 1});
    EXPECT_EQ(
        kit::error_of([&] { (void)converted(wide, PixelType::int32, PixelType::float32); }).message(),
        "pixel x 1, y 0 is 16777217, which float32 does not have exactly; rounding (--round) would store 16777216");
}

TEST(Convert, ComplexPixelsGoPartByPart) {
    const Bytes parts = floats({1, -2, 3, 70000});
    Bytes out(8);
    const FrameFormat from{PixelType::complex_float32, 1, 2}, to{PixelType::complex_int16, 1, 2};
    EXPECT_EQ(
        kit::error_of([&] { (void)convert(parts, from, out, to); }).message(),
        "pixel x 0, y 1's imaginary part is 70000, beyond the range of int16; clipping (--clip) would store 32767");
    EXPECT_EQ(convert(parts, from, out, to, clip).clipped, 1U);
    EXPECT_EQ(load_le<std::int16_t>(&out[2]), -2);
    Bytes back(16);
    (void)convert(out, to, back, from);
    EXPECT_EQ(back, floats({1, -2, 3, 32767}));
}

TEST(Convert, TypesOfOtherKindsAreRefused) {
    EXPECT_TRUE(is_convertible(PixelType::rgb8, PixelType::rgb8));
    EXPECT_FALSE(is_convertible(PixelType::rgb8, PixelType::int8));
    EXPECT_FALSE(is_convertible(PixelType::float32, PixelType::rgb8));
    EXPECT_FALSE(is_convertible(PixelType::float32, PixelType::complex_float32));
    EXPECT_FALSE(is_convertible(PixelType::complex_int16, PixelType::int16));
    EXPECT_TRUE(is_convertible(PixelType::uint4, PixelType::float16));
    Bytes out(4);
    EXPECT_EQ(kit::error_of([&] {
                  (void)convert(out, {PixelType::rgb8, 1, 1}, out, {PixelType::float32, 1, 1});
              }).code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(kit::error_of([&] {
                  (void)convert(out, {PixelType::int16, 1, 1}, out, {PixelType::float32, 1, 1});
              }).code(),
              ErrorCode::invalid_argument)
        << "sizes are checked";
}

TEST(Convert, FourBitPixelsAreUnpackedAndPackedInEitherPacking) {
    for (const auto& [nx, ny] : {std::pair{1, 1}, {1, 8}, {7, 5}, {7, 6}, {8, 5}, {4096, 2}, {4097, 3}, {9001, 3}})
        for (const RowPacking packing : {RowPacking::padded, RowPacking::contiguous}) {
            SCOPED_TRACE(testing::Message() << nx << " x " << ny << ' ' << static_cast<int>(packing));
            const FrameFormat packed{PixelType::uint4, nx, ny, packing};
            const Bytes frame = kit::make_noise(static_cast<std::size_t>(mrcz::bytes_of(packed)));
            const Bytes pixels = kit::unpacked(frame, packed);
            const FrameFormat bytes{PixelType::uint8, nx, ny}, wide{PixelType::float16, nx, ny};
            Bytes out(pixels.size());
            (void)convert(frame, packed, out, bytes);
            EXPECT_EQ(out, pixels);
            Bytes halves(2 * pixels.size());
            (void)convert(frame, packed, halves, wide);
            for (const RowPacking other : {RowPacking::padded, RowPacking::contiguous}) {
                const FrameFormat repacked{PixelType::uint4, nx, ny, other};
                Bytes again(static_cast<std::size_t>(mrcz::bytes_of(repacked)), std::byte{0xff});
                (void)convert(halves, wide, again, repacked);
                EXPECT_EQ(kit::unpacked(again, repacked), pixels);
                Bytes direct(again.size(), std::byte{0xff});
                (void)convert(frame, packed, direct, repacked);
                if (packed != repacked || bytes_to_empty_half(packed) != 0) {
                    EXPECT_EQ(direct, again) << "empty halves are 0";
                }
            }
        }
}

TEST(Convert, FourBitPixelsAreAtMostFifteen) {
    Bytes bytes(35, std::byte{15});
    bytes[23] = std::byte{16};
    Bytes packed(20);
    const FrameFormat from{PixelType::uint8, 7, 5}, to{PixelType::uint4, 7, 5};
    EXPECT_EQ(kit::error_of([&] { (void)convert(bytes, from, packed, to); }).message(),
              "pixel x 2, y 3 is 16, beyond the range of uint4; clipping (--clip) would store 15");
    EXPECT_EQ(convert(bytes, from, packed, to, clip).clipped, 1U);
    EXPECT_EQ(kit::unpacked(packed, to), Bytes(35, std::byte{15}));
}

TEST(Convert, FirstPixelIsNamedHoweverFarInTheFrame) {
    Bytes numbers(2 * 1000 * 50);
    store_le(&numbers[2 * (1000 * 49 + 998)], std::int16_t{-7});
    Bytes out(1000 * 50);
    EXPECT_EQ(kit::error_of([&] {
                  (void)convert(numbers, {PixelType::int16, 1000, 50}, out, {PixelType::uint8, 1000, 50});
              }).message(),
              "pixel x 998, y 49 is -7, beyond the range of uint8; clipping (--clip) would store 0");
}

}  // namespace mrcz::simd
