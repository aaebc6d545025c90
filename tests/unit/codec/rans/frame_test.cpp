#include "codec/rans/frame.hpp"

#include "mrcz/thread_executor.hpp"

#include "unit/codec/rans/rans_frames.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr PixelType types[] = {PixelType::int8,  PixelType::uint8,  PixelType::int16, PixelType::uint16,
                               PixelType::int32, PixelType::uint32, PixelType::uint4};

/// What a pixel is, by its number.
struct Content {
    const char* name;
    std::uint32_t (*pixel)(kit::Counts& counts, std::size_t at);
};

std::uint32_t number(std::int64_t value) { return static_cast<std::uint32_t>(value); }

constexpr Content contents[] = {
    {"zeros", [](kit::Counts&, std::size_t) { return 0u; }},
    {"one value", [](kit::Counts&, std::size_t) { return number(-3); }},
    {"sparse counts", [](kit::Counts& c, std::size_t) { return number(c.poisson(0.1)); }},
    {"counts", [](kit::Counts& c, std::size_t) { return number(c.poisson(1.5)); }},
    {"many counts", [](kit::Counts& c, std::size_t) { return number(c.poisson(90)); }},
    {"signed noise", [](kit::Counts& c, std::size_t) { return number(static_cast<std::int64_t>(3 * c.normal())); }},
    {"wide noise",
     [](kit::Counts& c, std::size_t) { return number(static_cast<std::int64_t>(5000 + 300 * c.normal())); }},
    {"all distinct", [](kit::Counts&, std::size_t at) { return static_cast<std::uint32_t>(at * 2654435761u); }},
    {"ramp", [](kit::Counts&, std::size_t at) { return static_cast<std::uint32_t>(at); }},
    {"random", [](kit::Counts& c, std::size_t) { return static_cast<std::uint32_t>(c.bits()); }},
    {"counts and hot pixels",
     [](kit::Counts& c, std::size_t at) {
         return at % 97 == 5 ? number(-1 - static_cast<std::int64_t>(at)) : number(c.poisson(0.4));
     }},
    {"escapes only at the end", [](kit::Counts&, std::size_t at) { return at < 40000 ? number(at % 2) : 0xF0F0F0F0u; }},
    {"few values far apart",
     [](kit::Counts& c, std::size_t) { return number(1000003 * static_cast<std::int64_t>(c.index(9)) - 70000); }},
    {"few values far apart and a rare one",
     [](kit::Counts& c, std::size_t at) {
         return at % 4001 == 4000 ? 77u : 1000u * static_cast<std::uint32_t>(c.index(5));
     }},
    {"symbols 254 and 255", [](kit::Counts& c, std::size_t) { return 250u + static_cast<std::uint32_t>(c.index(6)); }},
};

Bytes frame_of(PixelType type, const Content& content, std::size_t pixels) {
    kit::Counts counts(pixels);
    Bytes bytes;
    const std::size_t pixel_bytes = info_of(type).pixel_bytes;
    for (std::size_t at = 0; at < pixels; ++at) {
        const std::uint32_t pixel = content.pixel(counts, at);
        for (std::size_t k = 0; k < pixel_bytes; ++k) bytes.push_back(static_cast<std::byte>(pixel >> (8 * k)));
    }
    return bytes;
}

TEST(RansFrame, EveryTypeShapeAndContentComesBackFromEveryLevelWithTheSameBytes) {
    for (const PixelType type : types)
        for (const Content& content : contents)
            for (const std::size_t pixels : {1u, 2u, 3u, 4u, 5u, 63u, 127u, 1009u, 4096u, 65537u}) {
                SCOPED_TRACE(testing::Message() << info_of(type).name << ", " << content.name << ", " << pixels);
                const Bytes frame = frame_of(type, content, pixels);
                expect_round_trip(setup_for(type, pixels), frame);
            }
}

TEST(RansFrame, BlocksAreDecodedOneByOneInAnyOrder) {
    FrameSetup setup = setup_for(PixelType::uint8, 5 * 4096 + 77);
    setup.block_pixels = 4096;
    const Bytes frame = poisson<std::uint8_t>(setup.pixels, 0.7);
    const Bytes payload = expect_round_trip(setup, frame);
    const ParsedFrame parsed(setup, payload);
    ASSERT_EQ(parsed.block_count(), 6u);
    Bytes back(frame.size());
    DecodeMemory memory;
    for (const std::size_t block : {3, 0, 5, 1, 4, 2}) parsed.decode_blocks(block, 1, back, memory);
    EXPECT_EQ(back, frame);
}

TEST(RansFrame, BlocksDecodedTwoAtOnceAreThoseDecodedOneByOne) {
    constexpr std::size_t side = 1500;  // a model's segments end where blocks of the usual size do
    const auto disks = disk_frames(side, 2);
    const auto model = learned(PixelType::uint16, side, disks, 500);
    ASSERT_TRUE(model);
    const std::size_t pixels = 2 * 4096 + 77;
    const std::pair<FrameSetup, Bytes> trials[] = {
        {setup_for(PixelType::uint8, pixels), poisson<std::uint8_t>(pixels, 0.1)},
        {setup_for(PixelType::uint16, pixels), poisson<std::uint16_t>(pixels, 900)},
        {setup_for(PixelType::int32, pixels), frame_of(PixelType::int32, contents[12], pixels)},
        {setup_for(PixelType::uint16, side * side, model.get()), disks[1]}};
    for (auto [setup, frame] : trials) {
        if (setup.model == nullptr) setup.block_pixels = 4096;
        const Bytes payload = expect_round_trip(setup, frame);
        SCOPED_TRACE(mode_of(setup, payload));
        for (const simd::Level level : all_levels()) {
            setup.kernels = &simd::rans_kernels(level);
            const ParsedFrame parsed(setup, payload);
            ASSERT_EQ(parsed.block_count(), 3u);
            DecodeMemory memory;
            Bytes alone(frame.size()), together(frame.size());
            for (const std::size_t block : {2u, 0u, 1u}) parsed.decode_blocks(block, 1, alone, memory);
            parsed.decode_blocks(1, 2, together, memory);
            parsed.decode_blocks(0, 2, together, memory);
            EXPECT_TRUE(alone == frame) << simd::kernels(level).name;
            EXPECT_TRUE(together == frame) << simd::kernels(level).name;
        }
    }
}

TEST(RansFrame, BytesDoNotDependOnThreads) {
    ThreadExecutor executor(3);
    const auto frames = disk_frames(96, 20, 7, 100);
    const auto model = learned(PixelType::uint16, 96, frames, 500);
    ASSERT_TRUE(model);
    const std::pair<FrameSetup, Bytes> trials[] = {
        {setup_for(PixelType::uint8, 50000), poisson<std::uint8_t>(50000, 0.7)},
        {setup_for(PixelType::int32, 50000), frame_of(PixelType::int32, contents[12], 50000)},
        {setup_for(PixelType::uint16, 96 * 96, model.get()), frames[5]}};
    for (auto [setup, frame] : trials) {
        if (setup.model == nullptr) setup.block_pixels = 4096;
        const Bytes alone = encoded(setup, frame);
        setup.executor = &executor;
        EXPECT_EQ(encoded(setup, frame), alone);
        EXPECT_EQ(decoded(setup, alone), frame);
        Bytes damaged = alone;
        damaged[damaged.size() / 2] ^= std::byte{1};
        try {
            (void)decoded(setup, damaged);
        } catch (const Error&) {
        }
    }
}

TEST(RansFrame, BlockSizeOfThePayloadCounts) {
    FrameSetup setup = setup_for(PixelType::uint8, 20000);
    setup.block_pixels = 4096;
    const Bytes frame = poisson<std::uint8_t>(setup.pixels, 0.7);
    const Bytes payload = encoded(setup, frame);
    EXPECT_EQ(decoded(setup_for(PixelType::uint8, 20000), payload), frame);
}

TEST(RansFrame, ModeFollowsTheCounts) {
    constexpr std::size_t pixels = 1 << 18;
    const auto mode = [&](const Bytes& frame, PixelType type) {
        const FrameSetup setup = setup_for(type, pixels);
        return mode_of(setup, encoded(setup, frame));
    };
    EXPECT_EQ(mode(poisson<std::uint8_t>(pixels, 0.1), PixelType::uint8), "quad");
    EXPECT_EQ(mode(poisson<std::uint16_t>(pixels, 1), PixelType::uint16), "pair");
    EXPECT_EQ(mode(poisson<std::uint16_t>(pixels, 60), PixelType::uint16), "single");
    EXPECT_EQ(mode(frame_of(PixelType::uint16, contents[12], pixels), PixelType::uint16), "palette");
    EXPECT_EQ(mode(Bytes(pixels, std::byte{7}), PixelType::int8), "constant");
    EXPECT_EQ(mode(frame_of(PixelType::uint8, contents[9], pixels), PixelType::uint8), "raw");
}

TEST(RansFrame, CountsTakeHardlyMoreThanTheirEntropy) {
    constexpr std::size_t pixels = 1 << 20;
    const std::pair<double, double> bounds[] = {{0.1, .4814}, {0.25, .8909}, {0.5, 1.3383}, {1, 1.8825}, {4, 3.0104}};
    for (const auto& [dose, bits] : bounds) {
        const Bytes payload = encoded(setup_for(PixelType::uint8, pixels), poisson<std::uint8_t>(pixels, dose));
        EXPECT_LT(static_cast<double>(payload.size()) * 8 / pixels, bits / 0.985) << dose;
    }
}

struct Doubling final : Fallback {
    std::size_t encode(std::span<const std::byte> bytes, std::span<std::byte> chunk) const override {
        const std::size_t half = bytes.size() / 2;
        if (half > chunk.size()) return 0;
        std::copy_n(bytes.begin(), half, chunk.begin());
        return std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(half),
                          bytes.begin() + static_cast<std::ptrdiff_t>(half))
                   ? half
                   : 0;
    }
    Estimate estimate(std::span<const std::byte> bytes, bool) const override { return {bytes.size() / 2}; }
    void decode(std::span<const std::byte> chunk, std::span<std::byte> bytes) const override {
        if (chunk.size() * 2 != bytes.size()) throw Error(ErrorCode::corrupt, "not half");
        std::copy(chunk.begin(), chunk.end(), bytes.begin());
        std::copy(chunk.begin(), chunk.end(), bytes.begin() + static_cast<std::ptrdiff_t>(chunk.size()));
    }
};

TEST(RansFrame, FallbackIsTakenWhereItIsSmaller) {
    Bytes frame = frame_of(PixelType::uint16, contents[9], 5000);
    const Bytes half = frame;
    append(frame, half);
    const Doubling doubling;
    FrameSetup setup = setup_for(PixelType::uint16, 10000);
    setup.fallback = &doubling;
    const Bytes payload = expect_round_trip(setup, frame);
    EXPECT_EQ(mode_of(setup, payload), "fallback");
    setup.fallback = nullptr;
    EXPECT_THROW((void)decoded(setup, payload), Error);
}

/// Says that it is small, and halves.
struct Halving final : Fallback {
    std::size_t encode(std::span<const std::byte> bytes, std::span<std::byte>) const override {
        return bytes.size() / 2;
    }
    Estimate estimate(std::span<const std::byte>, bool) const override { return {1}; }
    void decode(std::span<const std::byte>, std::span<std::byte>) const override {}
};

TEST(RansFrame, FallbackIsTakenWherePixelsTurnOutNotToBeLikeThoseLookedAt) {
    constexpr std::size_t pixels = std::size_t{1} << 20, looked_at = 8192, distance = 32768;
    kit::Counts random(1);
    Bytes frame(pixels);
    for (std::size_t at = 0; at < pixels; ++at) {
        const std::size_t place = at % distance - (distance - looked_at) / 2;
        frame[at] = static_cast<std::byte>(place < looked_at ? random.bits() & 1 : random.bits());
    }
    FrameSetup setup = setup_for(PixelType::uint8, pixels);
    EXPECT_EQ(mode_of(setup, encoded(setup, frame)), "raw");
    const Halving halving;
    setup.fallback = &halving;
    EXPECT_EQ(mode_of(setup, encoded(setup, frame)), "fallback");
}

TEST(RansFrame, OtherTypesAreRefused) {
    for (const PixelType type : {PixelType::float16, PixelType::float32, PixelType::complex_int16, PixelType::rgb8}) {
        EXPECT_FALSE(takes(type));
        EXPECT_THROW((void)kind_of(type), Error);
    }
}

}  // namespace
}  // namespace mrcz::codec::rans
