// Bytes that nobody wrote: every one ends as an Error or as pixels, never elsewhere in memory. Buffers end where their
// contents do, so that AddressSanitizer sees a step beyond.
#include "unit/codec/rans/rans_frames.hpp"

namespace mrcz::codec::rans {
namespace {

/// Whether it decodes.
bool survives(const FrameSetup& setup, const Bytes& payload) {
    const Bytes exact(payload);
    try {
        (void)decoded(setup, exact);
        return true;
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()), "");
        EXPECT_TRUE(error.code() == ErrorCode::corrupt || error.code() == ErrorCode::truncated ||
                    error.code() == ErrorCode::unsupported)
            << error.what();
        return false;
    }
}

struct Sample {
    FrameSetup setup;
    Bytes frame, payload;
};

std::vector<Sample> samples() {
    std::vector<Sample> all;
    const auto add = [&](FrameSetup setup, Bytes frame) {
        setup.block_pixels = 4096;
        Bytes payload = encoded(setup, frame);
        all.push_back({setup, std::move(frame), std::move(payload)});
    };
    add(setup_for(PixelType::uint8, 5000), poisson<std::uint8_t>(5000, 0.1));
    add(setup_for(PixelType::uint16, 5000), poisson<std::uint16_t>(5000, 1.5));
    add(setup_for(PixelType::int16, 5000), poisson<std::int16_t>(5000, 900));
    std::vector<std::int32_t> levels;
    kit::Counts random(5);
    for (unsigned at = 0; at < 9000; ++at) levels.push_back(100000 * static_cast<std::int32_t>(random.index(5)) - 7);
    add(setup_for(PixelType::int32, 9000), pixels_of(levels));
    add(setup_for(PixelType::uint8, 40), Bytes(40, std::byte{3}));
    Bytes hot = poisson<std::uint32_t>(5000, 0.2);
    for (std::size_t at = 0; at < hot.size(); at += 400) hot[at + 3] = std::byte{0x80};
    add(setup_for(PixelType::uint32, 5000), hot);
    return all;
}

TEST(RansHostile, EveryTruncationIsAnError) {
    for (const Sample& sample : samples())
        for (std::size_t size = 0; size < sample.payload.size(); ++size)
            EXPECT_FALSE(survives(sample.setup, Bytes(sample.payload.begin(),
                                                      sample.payload.begin() + static_cast<std::ptrdiff_t>(size))))
                << size;
}

TEST(RansHostile, BytesBehindTheEndAreAnError) {
    for (const Sample& sample : samples()) {
        Bytes longer = sample.payload;
        longer.push_back(std::byte{0});
        EXPECT_FALSE(survives(sample.setup, longer));
    }
}

TEST(RansHostile, AnyChangedByteEndsAsAnErrorOrAsPixels) {
    kit::Counts random(11);
    for (const Sample& sample : samples())
        for (std::size_t at = 0; at < sample.payload.size(); ++at) {
            Bytes changed = sample.payload;
            changed[at] ^= static_cast<std::byte>(1 + random.index(255));
            for (const simd::Level level : all_levels()) {
                FrameSetup setup = sample.setup;
                setup.kernels = &simd::rans_kernels(level);
                (void)survives(setup, changed);
            }
        }
}

TEST(RansHostile, EveryLevelTakesTheSameChangedBytesForTheSame) {
    kit::Counts random(12);
    for (const Sample& sample : samples())
        for (unsigned trial = 0; trial < 300; ++trial) {
            Bytes changed = sample.payload;
            changed[random.index(changed.size())] ^= static_cast<std::byte>(1 + random.index(255));
            FrameSetup setup = sample.setup;
            setup.kernels = &simd::rans_kernels(simd::Level::scalar);
            const bool expected = survives(setup, changed);
            for (const simd::Level level : all_levels()) {
                setup.kernels = &simd::rans_kernels(level);
                EXPECT_EQ(survives(setup, changed), expected) << simd::kernels(level).name;
            }
        }
}

TEST(RansHostile, NoiseIsNoFrame) {
    kit::Counts random(13);
    for (unsigned trial = 0; trial < 3000; ++trial) {
        Bytes noise(random.index(200));
        for (std::byte& byte : noise) byte = static_cast<std::byte>(random.bits());
        if (noise.size() > 4) {
            noise[0] = static_cast<std::byte>(3 + random.index(3));
            noise[1] = std::byte{16};
            noise[2] = std::byte{12};
            noise[3] = std::byte{0};
        }
        EXPECT_FALSE(survives(setup_for(PixelType::uint16, 5000), noise));
    }
}

class RansHostileModel : public testing::TestWithParam<bool> {};

TEST_P(RansHostileModel, OfChangedBytesIsAnErrorOrAModel) {
    constexpr std::size_t side = 64;
    const auto frames = disk_frames(side, 24, 7, 100);
    const auto model = learned(PixelType::uint16, side, frames, 24, GetParam());
    ASSERT_TRUE(model);
    const Bytes payload = write_model(*model);
    const Bytes chunk = encoded(setup_for(PixelType::uint16, side * side, model.get()), frames[0]);
    kit::Counts random(14);
    for (std::size_t size = 0; size < payload.size(); size += 97)
        EXPECT_THROW((void)read_model(std::span(payload).first(size), PixelType::uint16, side * side), Error);
    for (unsigned trial = 0; trial < 500; ++trial) {
        Bytes changed = payload;
        changed[random.index(changed.size())] ^= static_cast<std::byte>(1 + random.index(255));
        try {
            const auto other = read_model(changed, PixelType::uint16, side * side);
            const FrameSetup setup = setup_for(PixelType::uint16, side * side, other.get());
            (void)survives(setup, chunk);
            EXPECT_EQ(decoded(setup, encoded(setup, frames[1])), frames[1]);
        } catch (const Error&) {
        }
    }
}

TEST_P(RansHostileModel, KeepsChangedChunksFromMemoryBeyondTheirs) {
    constexpr std::size_t side = 64;
    const auto frames = disk_frames(side, 24, 7, 100);
    const auto model = learned(PixelType::uint16, side, frames, 24, GetParam());
    const FrameSetup setup = setup_for(PixelType::uint16, side * side, model.get());
    const Bytes chunk = encoded(setup, frames[0]);
    kit::Counts random(15);
    for (std::size_t size = 0; size < chunk.size(); size += 13)
        EXPECT_FALSE(survives(setup, Bytes(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(size))));
    for (unsigned trial = 0; trial < 1000; ++trial) {
        Bytes changed = chunk;
        changed[random.index(changed.size())] ^= static_cast<std::byte>(1 + random.index(255));
        (void)survives(setup, changed);
    }
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutHistograms, RansHostileModel, testing::Bool());

TEST(RansHostile, AChunkOfSegmentsNeedsItsModel) {
    constexpr std::size_t side = 64;
    const auto frames = disk_frames(side, 16);
    const auto model = learned(PixelType::uint16, side, frames, 1000);
    ASSERT_TRUE(model);
    const Bytes payload = encoded(setup_for(PixelType::uint16, side * side, model.get()), frames[0]);
    ASSERT_EQ(mode_of(setup_for(PixelType::uint16, side * side, model.get()), payload), "segments");
    EXPECT_FALSE(survives(setup_for(PixelType::uint16, side * side), payload));
}

}  // namespace
}  // namespace mrcz::codec::rans
