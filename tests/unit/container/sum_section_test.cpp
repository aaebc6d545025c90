#include "container/sum_section.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kit/damage.hpp"
#include "mrcz/error.hpp"

namespace mrcz::container {
namespace {

constexpr ImageShape shape{3, 2};

std::vector<SumImage> sums_of_every_type() {
    return {
        {shape, 7, std::vector<std::uint32_t>{0, 1, 2, 300, 70'000, 4'294'967'295}},
        {shape, 7, std::vector<std::int64_t>{0, -1, 2, INT64_MIN, INT64_MAX, 5}},
        {shape, 7, std::vector<double>{0, -1.5, 1e300, 3, 4, 0.1}},
    };
}

TEST(SumSection, StandsAtItsDocumentedOffsets) {
    const Section section = sum_section(sums_of_every_type()[1]);
    EXPECT_EQ(section.id, "SUMI");
    EXPECT_EQ(section.encoding, "raw ");
    ASSERT_EQ(section.payload.size(), 8U + 6 * 8);
    EXPECT_EQ(load_le<std::uint32_t>(&section.payload[0]), 2U);
    EXPECT_EQ(load_le<std::uint32_t>(&section.payload[4]), 0U);
    EXPECT_EQ(load_le<std::int64_t>(&section.payload[16]), -1);
}

TEST(SumSection, ReadsBackWhatEveryTypeHolds) {
    for (const SumImage& sum : sums_of_every_type())
        EXPECT_EQ(parse_sum(sum_section(sum).payload, shape, 7), sum) << sum.values.index();
}

TEST(SumSection, TruncatedAtAnyLengthIsAnError) {
    for (const SumImage& sum : sums_of_every_type()) {
        const Bytes payload = sum_section(sum).payload;
        for (std::size_t length = 0; length < payload.size(); ++length) {
            const Error error = kit::error_of([&] { (void)parse_sum(kit::truncated(payload, length), shape, 7); });
            EXPECT_EQ(error.code(), ErrorCode::truncated) << length;
            EXPECT_NE(error.message().find("section SUMI"), std::string::npos) << error.message();
        }
    }
}

TEST(SumSection, BytesBehindTheSumsAreCorrupt) {
    Bytes payload = sum_section(sums_of_every_type()[0]).payload;
    payload.push_back(std::byte{0});
    EXPECT_EQ(kit::error_of([&] { (void)parse_sum(payload, shape, 7); }).code(), ErrorCode::corrupt);
}

TEST(SumSection, ValuesBeyondWhatFramesCanAddUpToAreCorrupt) {
    const auto is_possible = [](const SumImage& sum, PixelType type) {
        try {
            require_possible(sum, type);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::corrupt);
            EXPECT_NE(error.message().find("section SUMI"), std::string::npos) << error.message();
            return false;
        }
        return true;
    };
    const auto whole = [](std::int64_t value) { return SumImage{{1, 1}, 7, std::vector<std::int64_t>{value}}; };
    const auto fractions = [](double value) { return SumImage{{1, 1}, 7, std::vector<double>{value}}; };
    EXPECT_TRUE(is_possible(whole(7 * 127), PixelType::int8));
    EXPECT_TRUE(is_possible(whole(7 * -128), PixelType::int8));
    EXPECT_FALSE(is_possible(whole(7 * 127 + 1), PixelType::int8));
    EXPECT_FALSE(is_possible(whole(-1), PixelType::uint16));
    EXPECT_FALSE(is_possible(whole(7 * 15 + 1), PixelType::uint4));
    EXPECT_FALSE(is_possible(whole(INT64_MAX), PixelType::uint32));
    EXPECT_TRUE(is_possible(fractions(2e39), PixelType::float32));
    EXPECT_TRUE(is_possible(fractions(std::nan("")), PixelType::float16));
    EXPECT_FALSE(is_possible(fractions(-1e308), PixelType::float32));
    EXPECT_FALSE(is_possible(fractions(7.1 * 65504), PixelType::float16));
}

TEST(SumSection, TypesThatAreNoneAreCorrupt) {
    for (const std::uint32_t type : {0U, 4U, 0xffffffffU}) {
        Bytes payload = sum_section(sums_of_every_type()[2]).payload;
        store_le(payload.data(), type);
        EXPECT_EQ(kit::error_of([&] { (void)parse_sum(payload, shape, 7); }).code(), ErrorCode::corrupt) << type;
    }
}

TEST(SumSection, ShapesBeyondItAllocateNothing) {
    const Bytes payload = sum_section(sums_of_every_type()[0]).payload;
    constexpr std::int64_t large = 2'147'483'647;
    EXPECT_EQ(kit::error_of([&] { (void)parse_sum(payload, {large, large}, 7); }).group(), ErrorGroup::data);
}

}  // namespace
}  // namespace mrcz::container
