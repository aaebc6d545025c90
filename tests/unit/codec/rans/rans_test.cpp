#include "codec/rans/rans.hpp"

#include "kit/codec_trials.hpp"
#include "unit/codec/rans/rans_frames.hpp"

namespace mrcz::codec::rans {
namespace {

/// Through the interface of all codecs: chunk within its bound, observers see each byte once.
void expect_coded(PixelType type, const Bytes& frame, std::shared_ptr<const Model> model,
                  std::shared_ptr<const Fallback> fallback) {
    const auto encoder = make_encoder({type, frame.size()}, model, fallback);
    const auto decoder = make_decoder({type, frame.size()}, model, fallback);
    const auto encoding = encoder->make_scratch();
    const auto decoding = decoder->make_scratch();
    for (unsigned again = 0; again < 2; ++again) {
        Bytes chunk(encoder->chunk_bound());
        kit::ExpectingObserver before(frame), after(frame);
        chunk.resize(encoder->encode(frame, chunk, *encoding, before));
        EXPECT_TRUE(before.saw_all());
        Bytes back(frame.size());
        decoder->decode(chunk, back, *decoding, after);
        EXPECT_TRUE(after.saw_all());
        EXPECT_TRUE(back == frame);
    }
}

TEST(RansCodec, EveryTypeItTakesAndEveryContentComesBack) {
    for (const PixelType type : kit::all_pixel_types()) {
        if (!takes(type)) continue;
        for (const kit::Content content : kit::all_contents)
            for (const std::uint64_t pixels : {1u, 2u, 257u, 300000u}) {
                SCOPED_TRACE(testing::Message() << info_of(type).name << " " << pixels);
                const Bytes frame = kit::make_content(content, type, pixels);
                expect_coded(type, frame, nullptr, nullptr);
                expect_coded(type, frame, nullptr, blosc_fallback(type));
            }
    }
}

TEST(RansCodec, AModelIsShared) {
    constexpr std::size_t side = 64;
    const auto frames = disk_frames(side, 16);
    const auto model = learned(PixelType::uint16, side, frames, 500);
    ASSERT_TRUE(model);
    for (const Bytes& frame : frames) expect_coded(PixelType::uint16, frame, model, nullptr);
}

TEST(RansCodec, BloscIsTakenForRepeats) {
    Bytes line = poisson<std::uint16_t>(500, 20000), frame;
    for (unsigned row = 0; row < 400; ++row) append(frame, line);
    const auto fallback = blosc_fallback(PixelType::uint16);
    expect_coded(PixelType::uint16, frame, nullptr, fallback);
    FrameSetup setup = setup_for(PixelType::uint16, 200000);
    setup.fallback = fallback.get();
    EXPECT_EQ(mode_of(setup, encoded(setup, frame)), "fallback");
}

TEST(RansCodec, BloscIsTakenForRepeatsThatAShortTrialCannotSee) {
    constexpr std::size_t period = 40000;
    Bytes frame;
    // Bright and dark parts: where parts are alike, a short trial is believed.
    for (const double mean : {1.0, 30.0, 4.0, 12.0}) {
        const Bytes part = poisson<std::uint16_t>(period, mean);
        for (unsigned times = 0; times < 10; ++times) append(frame, part);
    }
    FrameSetup setup = setup_for(PixelType::uint16, 40 * period);
    const auto fallback = blosc_fallback(PixelType::uint16);
    setup.fallback = fallback.get();
    EXPECT_EQ(mode_of(setup, encoded(setup, frame)), "fallback");
    expect_coded(PixelType::uint16, frame, nullptr, fallback);
}

TEST(RansCodec, TrialsTryEveryFilterUnlessTheyAreToBeQuick) {
    constexpr std::size_t pixels = 1 << 17;
    const Bytes counts = poisson<std::uint16_t>(pixels, 0.02), bright = poisson<std::uint16_t>(pixels, 300);
    const auto of_counts = blosc_fallback(PixelType::uint16, counts),
               of_bright = blosc_fallback(PixelType::uint16, bright);
    EXPECT_EQ(of_counts->estimate(bright, false).bytes, of_bright->estimate(bright, false).bytes);
    EXPECT_EQ(of_bright->estimate(bright, true).bytes, of_bright->estimate(bright, false).bytes);
    EXPECT_GT(of_counts->estimate(bright, true).bytes, of_counts->estimate(bright, false).bytes);
}

TEST(RansCodec, FramesOfPartsOfPixelsAndWrongModelsAreRefused) {
    EXPECT_THROW((void)make_encoder({PixelType::uint16, 3}, nullptr, nullptr), Error);
    EXPECT_THROW((void)make_decoder({PixelType::uint16, 0}, nullptr, nullptr), Error);
    EXPECT_THROW((void)make_encoder({PixelType::float32, 4}, nullptr, nullptr), Error);
    const auto model = learned(PixelType::uint16, 64, disk_frames(64, 16), 500);
    EXPECT_THROW((void)make_decoder({PixelType::uint16, 64}, model, nullptr), Error);
}

}  // namespace
}  // namespace mrcz::codec::rans
