#include "codec/rans/model.hpp"

#include <array>
#include <bit>

#include "simd/hash.hpp"
#include "unit/codec/rans/rans_frames.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t side = 96;

std::size_t coded_bytes(const FrameSetup& setup, const std::vector<Bytes>& frames) {
    std::size_t bytes = 0;
    for (const Bytes& frame : frames) bytes += encoded(setup, frame).size();
    return bytes;
}

/// Frames made of whole numbers only: a disk, brighter inside, whose pixels count random bits.
std::vector<Bytes> whole_number_frames(std::size_t edge, std::size_t count, unsigned gain) {
    kit::Counts random(11);
    std::vector<Bytes> frames;
    for (std::size_t k = 0; k < count; ++k) {
        Bytes frame;
        for (std::size_t y = 0; y < edge; ++y)
            for (std::size_t x = 0; x < edge; ++x) {
                const std::size_t dx = 2 * x > edge ? 2 * x - edge : edge - 2 * x;
                const std::size_t dy = 2 * y > edge ? 2 * y - edge : edge - 2 * y;
                const std::size_t near = dx * dx + dy * dy < edge * edge / 4 ? 40 : 40 * edge / (edge + dx + dy) / 8;
                const std::uint64_t bits = random.bits() & random.bits() & ((std::uint64_t{1} << near) - 1);
                const auto hits = static_cast<unsigned>(std::popcount(bits));
                const auto noise = static_cast<unsigned>(std::popcount(random.bits() & 0xFFFF));
                append_le(frame, static_cast<std::uint16_t>(gain == 1 ? hits : gain * hits + 7 * (x % 5) + noise));
            }
        frames.push_back(frame);
    }
    return frames;
}

TEST(RansModel, ComesBackFromItsBytes) {
    for (const int pedestal : {0, 100}) {
        const auto model = learned(PixelType::uint16, side, disk_frames(side, 32, 7, pedestal), 500);
        ASSERT_TRUE(model);
        const Bytes bytes = write_model(*model);
        const auto back = read_model(bytes, PixelType::uint16, side * side);
        EXPECT_EQ(write_model(*back), bytes);
        EXPECT_EQ(back->parts().base, model->parts().base);
        EXPECT_EQ(back->parts().classes, model->parts().classes);
        EXPECT_EQ(back->parts().lengths, model->parts().lengths);
        EXPECT_EQ(back->parts().usual, model->parts().usual);
    }
}

TEST(RansModel, FramesComeBackThroughItAtEveryLevel) {
    for (const int pedestal : {0, 100}) {
        const auto frames = disk_frames(side, 24, 7, pedestal);
        const auto model = learned(PixelType::uint16, side, frames, 500);
        ASSERT_TRUE(model);
        for (const Bytes& frame : {frames[0], frames[13], disk_frames(side, 1, 99, pedestal)[0]}) {
            const FrameSetup setup = setup_for(PixelType::uint16, side * side, model.get());
            EXPECT_EQ(mode_of(setup, expect_round_trip(setup, frame)), "segments");
        }
    }
}

TEST(RansModel, MakesFramesOfUnequalPixelsSmaller) {
    const auto frames = disk_frames(side, 64);
    const auto model = learned(PixelType::uint16, side, frames, 64);
    ASSERT_TRUE(model);
    const std::size_t alone = coded_bytes(setup_for(PixelType::uint16, side * side), frames);
    const std::size_t shared = coded_bytes(setup_for(PixelType::uint16, side * side, model.get()), frames);
    EXPECT_LT(shared + write_model(*model).size(), alone * 9 / 10);
}

TEST(RansModel, HistogramsOfEveryPixelCodeFramesAtEveryLevelAlike) {
    for (const int pedestal : {0, 100}) {
        const auto frames = disk_frames(side, 40, 7, pedestal);
        const auto model = learned(PixelType::uint16, side, frames, 40, true);
        ASSERT_TRUE(model);
        const Bytes bytes = write_model(*model);
        const auto back = read_model(bytes, PixelType::uint16, side * side);
        EXPECT_EQ(write_model(*back), bytes);
        FrameSetup setup = setup_for(PixelType::uint16, side * side, back.get());
        setup.block_pixels = 4096;
        EXPECT_EQ(mode_of(setup, expect_round_trip(setup, frames[3])), "histograms");
        expect_round_trip(setup, poisson<std::uint16_t>(side * side, 700));
        expect_round_trip(setup, Bytes(2 * side * side, std::byte{0xFF}));
    }
}

TEST(RansModel, HistogramsAreTakenWherePixelsHaveNothingInCommon) {
    kit::Counts counts(8);
    std::vector<std::array<std::uint16_t, 3>> levels(side * side);
    for (auto& of_pixel : levels) {
        const std::size_t lowest = counts.index(60000);
        for (auto& level : of_pixel) level = static_cast<std::uint16_t>(lowest + counts.index(100));
    }
    std::vector<Bytes> frames;
    for (unsigned k = 0; k < 64; ++k) {
        std::vector<std::uint16_t> values;
        for (const auto& of_pixel : levels) values.push_back(of_pixel[counts.index(3)]);
        frames.push_back(pixels_of(values));
    }
    const auto model = learned(PixelType::uint16, side, frames, 64);
    ASSERT_TRUE(model);
    const FrameSetup setup = setup_for(PixelType::uint16, side * side, model.get());
    const Bytes payload = expect_round_trip(setup, frames[0]);
    EXPECT_EQ(mode_of(setup, payload), "histograms");
}

TEST(RansModel, IsNotMadeWhereItDoesNotPay) {
    std::vector<Bytes> alike;
    for (unsigned k = 0; k < 16; ++k) alike.push_back(poisson<std::uint16_t>(side * side, 1, k));
    EXPECT_FALSE(learned(PixelType::uint16, side, alike, 16));
    EXPECT_FALSE(learned(PixelType::uint16, side, disk_frames(side, 16), 1));
    EXPECT_FALSE(learned(PixelType::uint16, side, {}, 16));
}

TEST(RansModel, FramesUnlikeItAreCodedWithoutIt) {
    const auto model = learned(PixelType::uint16, side, disk_frames(side, 16), 500);
    ASSERT_TRUE(model);
    const FrameSetup setup = setup_for(PixelType::uint16, side * side, model.get());
    const Bytes other = poisson<std::uint16_t>(side * side, 1000);
    const Bytes payload = expect_round_trip(setup, other);
    EXPECT_EQ(mode_of(setup, payload), "single");
    EXPECT_LE(payload.size(), encoded(setup_for(PixelType::uint16, side * side), other).size());
}

TEST(RansModel, IsNotUsedForFramesOfOneValue) {
    const auto model = learned(PixelType::uint16, side, disk_frames(side, 16), 500);
    ASSERT_TRUE(model);
    const FrameSetup setup = setup_for(PixelType::uint16, side * side, model.get());
    EXPECT_EQ(mode_of(setup, expect_round_trip(setup, Bytes(setup.frame_bytes()))), "constant");
}

TEST(RansModel, LearningTwiceGivesTheSameModel) {
    const auto frames = disk_frames(side, 16);
    EXPECT_EQ(write_model(*learned(PixelType::uint16, side, frames, 64)),
              write_model(*learned(PixelType::uint16, side, frames, 64)));
}

// A model is part of the file, and what it is made by are fractions: these must be the same on every machine.
TEST(RansModel, IsTheSameOnEveryMachine) {
    const auto hashes = [](const std::vector<Bytes>& frames, bool needs_histograms) {
        const auto model = learned(PixelType::uint16, 64, frames, 1000, needs_histograms);
        const Bytes payload = encoded(setup_for(PixelType::uint16, 4096, model.get()), frames[3]);
        return std::pair(simd::hash64(write_model(*model)), simd::hash64(payload));
    };
    using Pair = std::pair<std::uint64_t, std::uint64_t>;
    EXPECT_EQ(hashes(whole_number_frames(64, 20, 1), false), Pair(3123993466524338064U, 7820599185057036691U));
    EXPECT_EQ(hashes(whole_number_frames(64, 20, 20), false), Pair(10538105613353341412U, 2065680548796103950U));
    EXPECT_EQ(hashes(whole_number_frames(64, 20, 20), true), Pair(711201158389983745U, 4458187968161297179U));
}

TEST(RansModel, SignedPixelsAndThoseOfOneAndFourBytesHaveOne) {
    std::vector<Bytes> bytes, words;
    for (const Bytes& frame : disk_frames(side, 16)) {
        Bytes narrow, wide;
        for (std::size_t at = 0; at < frame.size(); at += 2) {
            const auto value = load_le<std::uint16_t>(&frame[at]);
            append_le(narrow, static_cast<std::int8_t>(std::min<int>(value, 127) - 20));
            append_le(wide, static_cast<std::int32_t>(value) - 1000);
        }
        bytes.push_back(narrow);
        words.push_back(wide);
    }
    const auto narrow = learned(PixelType::int8, side, bytes, 500);
    const auto wide = learned(PixelType::int32, side, words, 500);
    ASSERT_TRUE(narrow);
    ASSERT_TRUE(wide);
    expect_round_trip(setup_for(PixelType::int8, side * side, narrow.get()), bytes[3]);
    expect_round_trip(setup_for(PixelType::int32, side * side, wide.get()), words[3]);
}

TEST(RansModel, OfAnotherShapeIsRefused) {
    const auto model = learned(PixelType::uint16, side, disk_frames(side, 16), 500);
    const Bytes bytes = write_model(*model);
    EXPECT_THROW((void)read_model(bytes, PixelType::uint16, side * side + 1), Error);
    EXPECT_THROW((void)read_model(bytes, PixelType::uint8, side * side), Error);
}

}  // namespace
}  // namespace mrcz::codec::rans
