#include "codec/rans/model_trial.hpp"

#include "codec/rans/rans.hpp"
#include "unit/codec/rans/rans_frames.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t side = 96;

Bytes lesson_of(PixelType type, const std::vector<Bytes>& frames) {
    const std::vector<std::span<const std::byte>> samples(frames.begin(), frames.end());
    return model_row.learn({type, frames[0].size(), frames[0].size() / side, samples, 500});
}

/// Pixels of `frames`, of 2 bytes, in numbers of 4 from `lowest` on.
std::vector<Bytes> widened(const std::vector<Bytes>& frames, std::uint32_t lowest) {
    std::vector<Bytes> made;
    for (const Bytes& frame : frames) {
        made.emplace_back();
        for (std::size_t at = 0; at < frame.size(); at += 2)
            append_le(made.back(), lowest + load_le<std::uint16_t>(&frame[at]));
    }
    return made;
}

/// Squares of one value each, here and there; the upper half is brighter.
std::vector<Bytes> images_of_flat_parts(std::size_t count) {
    kit::Counts random(3);
    const auto below = [&](std::size_t most) { return static_cast<std::size_t>(random.bits() % most); };
    std::vector<Bytes> frames;
    for (std::size_t k = 0; k < count; ++k) {
        std::vector<std::uint16_t> values(side * side);
        for (unsigned part = 0; part < 12; ++part) {
            const std::size_t x = below(side), y = below(side), size = 10 + below(side / 2);
            const auto value = static_cast<std::uint16_t>(below(60));
            for (std::size_t at = y; at < std::min(side, y + size); ++at)
                std::fill(&values[at * side + x], &values[at * side + std::min(side, x + size)], value);
        }
        for (std::size_t at = 0; at < values.size(); ++at)
            values[at] = static_cast<std::uint16_t>(values[at] + (at < values.size() / 2 ? 30 : 0));
        frames.push_back(pixels_of(values));
    }
    return frames;
}

TEST(RansModelTrial, CountsHaveAModelWhateverTheTypeOfTheirPixels) {
    const auto frames = disk_frames(side, 24);
    EXPECT_FALSE(lesson_of(PixelType::uint16, frames).empty());
    EXPECT_FALSE(lesson_of(PixelType::int16, frames).empty());
    EXPECT_FALSE(lesson_of(PixelType::uint32, widened(frames, 0)).empty());
    EXPECT_FALSE(lesson_of(PixelType::int32, widened(frames, 0)).empty());
    EXPECT_FALSE(lesson_of(PixelType::int32, widened(frames, 0x80000000u)).empty());
    EXPECT_FALSE(lesson_of(PixelType::uint32, widened(frames, 0xFFFF0000u)).empty());
}

TEST(RansModelTrial, FewFramesOfNoiseHaveNoneForTheRestIsUnlikeThem) {
    kit::Counts random(5);
    std::vector<Bytes> frames;
    for (unsigned k = 0; k < 2; ++k) {
        std::vector<std::uint16_t> values;
        for (std::size_t at = 0; at < side * side; ++at)
            values.push_back(
                static_cast<std::uint16_t>(random.poisson(15 + 10.0 * static_cast<double>(at) / side / side)));
        frames.push_back(pixels_of(values));
    }
    ASSERT_TRUE(learned(PixelType::uint16, side, frames, 500)) << "or the trial decides nothing";
    EXPECT_TRUE(lesson_of(PixelType::uint16, frames).empty());
}

TEST(RansModelTrial, ImagesThatBloscMakesSmallerHaveNone) {
    const auto frames = images_of_flat_parts(24);
    ASSERT_TRUE(learned(PixelType::uint16, side, frames, 500)) << "or the trial decides nothing";
    EXPECT_TRUE(lesson_of(PixelType::uint16, frames).empty());
}

}  // namespace
}  // namespace mrcz::codec::rans
