#include <gtest/gtest.h>

#include <span>
#include <vector>

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

TEST(Sums, HalvesOfBytesOfSeveralFramesAreAdded) {
    for (const std::size_t frames : {1, 2, 3, 4})
        for (const std::size_t count : {0, 1, 2, 31, 64, 129, 1000}) {
            std::vector<Buffer> packed;
            std::vector<const std::byte*> from;
            for (std::size_t f = 0; f < frames; ++f) {
                packed.emplace_back((count + 1) / 2, 1);
                fill_random(packed[f].span(), static_cast<unsigned>(f));
            }
            for (Buffer& frame : packed) from.push_back(frame.data());
            for (const Level level : levels()) {
                Buffer sums(count, 3);
                for (std::byte& sum : sums.span()) sum = std::byte{195};
                table_of(level).add_halves(from.data(), frames, sums.data(), count);
                for (std::size_t i = 0; i < count; ++i) {
                    unsigned expected = 195;
                    for (Buffer& frame : packed) {
                        const auto pair = std::to_integer<unsigned>(frame.span()[i / 2]);
                        expected += i % 2 == 0 ? pair & 15 : pair >> 4;
                    }
                    ASSERT_EQ(std::to_integer<unsigned>(sums.span()[i]), expected) << table_of(level).name;
                }
            }
        }
}

TEST(Sums, EveryLevelAddsSeveralFramesOfFloat16Alike) {
    for (const std::size_t frames : {1, 2, 3, 4})
        for (const std::size_t count : {0, 1, 7, 8, 9, 1000}) {
            std::vector<Buffer> halves;
            std::vector<const std::byte*> from;
            for (std::size_t f = 0; f < frames; ++f) {
                halves.emplace_back(2 * count, 1);
                fill_random(halves[f].span(), static_cast<unsigned>(f));
                for (std::size_t i = 1; i < 2 * count; i += 2) halves[f].span()[i] &= std::byte{0xBF};  // finite
            }
            for (Buffer& frame : halves) from.push_back(frame.data());
            std::vector<double> expected(count, 0.1);
            scalar_table.add_float16(from.data(), frames, std::as_writable_bytes(std::span(expected)).data(), count);
            for (const Level level : levels()) {
                std::vector<double> sums(count, 0.1);
                table_of(level).add_float16(from.data(), frames, std::as_writable_bytes(std::span(sums)).data(), count);
                EXPECT_EQ(sums, expected) << table_of(level).name << ' ' << count;
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
