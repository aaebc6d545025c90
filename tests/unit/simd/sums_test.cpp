#include <gtest/gtest.h>

#include "levels.hpp"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

struct Pair {
    PixelType from;
    SumType to;
    std::size_t sum_bytes;
};

constexpr Pair pairs[] = {
    {PixelType::uint8, SumType::uint8, 1},   {PixelType::uint8, SumType::uint16, 2},
    {PixelType::int8, SumType::uint16, 2},   {PixelType::uint8, SumType::uint32, 4},
    {PixelType::uint16, SumType::uint32, 4}, {PixelType::int16, SumType::uint32, 4},
    {PixelType::uint8, SumType::int64, 8},   {PixelType::uint16, SumType::int64, 8},
    {PixelType::int16, SumType::int64, 8},   {PixelType::int32, SumType::int64, 8},
    {PixelType::uint32, SumType::int64, 8},
};

TEST(Sums, EveryLevelAddsAlikeAtAnyAlignment) {
    for (const Pair& pair : pairs)
        for (const std::size_t count : {0, 1, 15, 16, 63, 64, 129, 1000}) {
            const std::size_t pixel_bytes = info_of(pair.from).pixel_bytes;
            Buffer pixels(count * pixel_bytes, 1), expected(count * pair.sum_bytes, 3);
            fill_random(pixels.span());
            fill_random(expected.span(), 2);
            const auto before = expected.copy();
            scalar_table.add_run(pair.from, pair.to)(pixels.data(), expected.data(), count);
            for (const Level level : levels()) {
                Buffer sums(count * pair.sum_bytes, 3);
                std::ranges::copy(before, sums.data());
                table_of(level).add_run(pair.from, pair.to)(pixels.data(), sums.data(), count);
                EXPECT_EQ(sums.copy(), expected.copy()) << table_of(level).name << ' ' << count;
            }
        }
}

TEST(Sums, HalvesOfBytesAreAddedOneByOne) {
    for (const std::size_t count : {0, 1, 2, 31, 64, 129, 1000}) {
        Buffer packed((count + 1) / 2, 1), before(count, 3);
        fill_random(packed.span());
        for (std::byte& sum : before.span()) sum = std::byte{240};
        for (const Level level : levels()) {
            Buffer sums(count, 3);
            std::ranges::copy(before.span(), sums.data());
            table_of(level).add_halves(packed.data(), sums.data(), count);
            for (std::size_t i = 0; i < count; ++i) {
                const auto pair = std::to_integer<unsigned>(packed.span()[i / 2]);
                ASSERT_EQ(std::to_integer<unsigned>(sums.span()[i]), 240 + (i % 2 == 0 ? pair & 15 : pair >> 4));
            }
        }
    }
}

TEST(Sums, SignedPixelsAreSubtractedFromUnsignedSums) {
    const std::int8_t pixel = -3;
    std::uint16_t sum = 10;
    for (const Level level : levels())
        table_of(level).add_run(PixelType::int8, SumType::uint16)(reinterpret_cast<const std::byte*>(&pixel),
                                                                  reinterpret_cast<std::byte*>(&sum), 1);
    EXPECT_EQ(sum, 10 - 3 * static_cast<int>(levels().size()));
}

TEST(Sums, FloatsAreAddedToDoublesOnly) {
    EXPECT_NE(scalar_table.add_run(PixelType::float32, SumType::float64), nullptr);
    EXPECT_EQ(scalar_table.add_run(PixelType::float32, SumType::uint32), nullptr);
    EXPECT_EQ(scalar_table.add_run(PixelType::uint8, SumType::float64), nullptr);
    EXPECT_EQ(scalar_table.add_run(PixelType::rgb8, SumType::int64), nullptr);
}

}  // namespace
}  // namespace mrcz::simd
