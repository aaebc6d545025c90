#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <span>
#include <vector>

#include "levels.hpp"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

struct Target {
    PixelType type;
    float least, greatest;
};

constexpr Target targets[] = {
    {PixelType::int8, -128, 127},
    {PixelType::uint8, 0, 255},
    {PixelType::int16, -32768, 32767},
    {PixelType::uint16, 0, 65535},
    {PixelType::int32, -0x1p31F, 0x1.fffffep30F},
    {PixelType::uint32, 0, 0x1.fffffep31F},
};

/// Around both ends, and no numbers at all.
std::vector<float> values_for(const Target& target, std::size_t count) {
    std::mt19937 random(1);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        const float part = static_cast<float>(random()) * 0x1p-32F;
        values.push_back(target.least + (target.greatest - target.least) * (1.1F * part - 0.05F));
    }
    const float infinity = std::numeric_limits<float>::infinity();
    const float odd[] = {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity, 0.25F, -0.25F};
    for (std::size_t i = 0; i < count; i += 7) values[i] = odd[i / 7 % std::size(odd)];
    return values;
}

TEST(Rounding, EveryLevelDrawsAlike) {
    for (const Target& target : targets)
        for (const std::uint32_t count : {0U, 1U, 15U, 16U, 64U, 129U, 1000U}) {
            const auto values = values_for(target, count);
            const RoundingOfRun rounding{0x12345678, 0xFFFFFFF0U, count, target.least, target.greatest};
            const auto round = [&](const LevelTable& table, std::vector<std::uint32_t>& whole) {
                whole.assign(count, 0);
                return table.round_run(target.type)(values.data(), std::as_writable_bytes(std::span(whole)).data(),
                                                    rounding);
            };
            std::vector<std::uint32_t> expected, whole;
            const std::uint32_t beyond = round(scalar_table, expected);
            for (const Level level : levels()) {
                EXPECT_EQ(round(table_of(level), whole), beyond) << table_of(level).name << ' ' << count;
                EXPECT_EQ(whole, expected) << table_of(level).name << ' ' << info_of(target.type).name << ' ' << count;
            }
        }
}

TEST(Rounding, IsToIntegersOnly) {
    EXPECT_EQ(scalar_table.round_run(PixelType::float16), nullptr);
    EXPECT_EQ(scalar_table.round_run(PixelType::uint4), nullptr);
}

}  // namespace
}  // namespace mrcz::simd
