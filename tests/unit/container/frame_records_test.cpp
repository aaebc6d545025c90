#include "container/frame_records.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "kit/images.hpp"

namespace mrcz::container {
namespace {

TEST(FrameRecords, StatisticsTakeFiveWordsAndReadBack) {
    Bytes payload;
    const FrameStatistics first{-1.5, 7, 0.25, 3, 2};
    const FrameStatistics second{0, 0, 0, 0, 0};
    append_statistics(payload, first);
    append_statistics(payload, second);
    ASSERT_EQ(payload.size(), 2 * statistics_entry_bytes);
    EXPECT_EQ(load_le<double>(payload.data()), -1.5);
    EXPECT_EQ(load_le<double>(&payload[24]), 3.0);
    EXPECT_EQ(load_le<std::uint64_t>(&payload[32]), 2U);
    EXPECT_EQ(parse_statistics(payload), (std::vector{first, second}));
    EXPECT_TRUE(parse_statistics({}).empty());
}

TEST(FrameRecords, HashesReadBack) {
    Bytes payload;
    for (const std::uint64_t hash : {std::uint64_t{1}, ~std::uint64_t{0}}) append_le(payload, hash);
    EXPECT_EQ(parse_hashes(payload), (std::vector<std::uint64_t>{1, ~std::uint64_t{0}}));
}

TEST(FrameRecords, DoNotDependOnHowAFrameIsCut) {
    for (const PixelType type : {PixelType::int8, PixelType::uint16, PixelType::float32, PixelType::rgb8}) {
        const FrameFormat format{type, 100'001, 1};
        const Bytes frame = kit::make_pixels(type, 100'001);
        const std::size_t pixel = info_of(type).pixel_bytes;
        FrameRecorder whole(format);
        whole.start();
        whole.observe(frame);
        EXPECT_EQ(whole.hash(), simd::hash64(frame));
        FrameRecorder cut(format);
        for (const std::size_t pixels : {1, 1000, 8191, 65536}) {
            cut.start();
            for (std::size_t at = 0; at < frame.size(); at += pixels * pixel)
                cut.observe(std::span(frame).subspan(at, std::min(pixels * pixel, frame.size() - at)));
            EXPECT_EQ(cut.hash(), whole.hash()) << pixels;
            if (type == PixelType::rgb8) continue;  // its statistics are NaN
            EXPECT_EQ(cut.statistics(), whole.statistics()) << pixels;
        }
    }
}

}  // namespace
}  // namespace mrcz::container
