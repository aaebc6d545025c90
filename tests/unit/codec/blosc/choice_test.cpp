#include <gtest/gtest.h>

#include <random>

#include "codec/blosc/blosc.hpp"
#include "kit/codec_trials.hpp"
#include "kit/counts.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

/// The filter that the chunk declares: 0 none, 1 byte-shuffle, 4 bitshuffle.
unsigned declared(std::string_view codec, PixelType type, const Bytes& frame, Filter wanted = Filter::automatic) {
    const std::uint64_t pixels = frame.size() / info_of(type).pixel_bytes;
    const CodecOptions options{.level = 0, .block_bytes = 0, .filter = wanted};
    return static_cast<unsigned>(kit::encoded({codec, type, pixels, kit::Content::counts, options}, frame)[2]) & 5U;
}

constexpr unsigned none = 0;
constexpr unsigned byteshuffled = 1;
constexpr unsigned bitshuffled = 4;
constexpr std::size_t pixels = 1 << 20;
constexpr std::size_t period = 1009;

/// One pixel in twenty is 1, one in four hundred 2.
Bytes sparse_counts(PixelType type) {
    const std::size_t word_bytes = info_of(type).word_bytes;
    std::mt19937 random(5);
    Bytes frame(pixels * word_bytes);
    for (std::size_t at = 0; at < frame.size(); at += word_bytes) {
        const auto draw = random() % 400;
        frame[at] = static_cast<std::byte>(draw == 0 ? 2 : draw <= 20 ? 1 : 0);
    }
    return frame;
}

TEST(FilterChoice, LowCountsAreBitshuffled) {
    for (const std::string_view codec : {"zstd", "lz4", "zlib"})
        for (const PixelType type : {PixelType::uint8, PixelType::int16})
            EXPECT_EQ(declared(codec, type, sparse_counts(type)), bitshuffled) << codec;
}

TEST(FilterChoice, RepeatsLongerThanAByteOfBitsAreNotShuffled) {
    const Bytes once = kit::make_noise(2 * period);
    Bytes frame;
    while (frame.size() < 2 * pixels) append(frame, once);
    for (const std::string_view codec : {"zstd", "lz4"})
        EXPECT_EQ(declared(codec, PixelType::int16, frame), none) << codec;
}

TEST(FilterChoice, RepeatsBesideANoisyByteAreByteShuffled) {
    Bytes frame = kit::make_noise(4 * pixels);
    const Bytes once = kit::make_noise(3 * period, 2);
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t k = 0; k < 3; ++k) frame[4 * i + k] = once[3 * (i % period) + k];
    for (const std::string_view codec : {"zstd", "lz4"})
        EXPECT_EQ(declared(codec, PixelType::int32, frame), byteshuffled) << codec;
}

TEST(FilterChoice, IsMadeByTheTotalOfAllBlocks) {
    const Bytes once = kit::make_noise(2 * period);
    Bytes repeats;
    while (repeats.size() < pixels) append(repeats, once);
    Bytes counts = sparse_counts(PixelType::int16);
    counts.resize(counts.size() / 16);
    const auto chosen = [](std::vector<std::span<const std::byte>> blocks) {
        return choose(*find_codec("zstd"), 1, Filter::automatic, 2, blocks).filter;
    };
    EXPECT_EQ(chosen({counts}), Filter::bitshuffle);
    EXPECT_EQ(chosen({repeats}), Filter::none);
    EXPECT_EQ(chosen({counts, repeats}), Filter::byteshuffle) << "which loses little with either";
    EXPECT_EQ(chosen({repeats, counts}), Filter::byteshuffle);
}

// Byte-shuffle is 2 % smaller and as fast; without a filter, bytes would be that, too, but take longer.
TEST(FilterChoice, MarginIsForWhatIsSlower) {
    kit::Counts counts(3);
    Bytes bytes(pixels), words(2 * pixels);
    for (std::size_t i = 0; i < pixels; ++i) bytes[i] = words[2 * i] = static_cast<std::byte>(counts.poisson(1.5));
    EXPECT_EQ(declared("zstd", PixelType::int16, words), byteshuffled);
    EXPECT_EQ(declared("zstd", PixelType::int8, bytes), bitshuffled);
}

TEST(FilterChoice, NoiseStaysBitshuffled) {
    EXPECT_EQ(declared("zstd", PixelType::float32, kit::make_noise(1 << 20)), bitshuffled);
}

TEST(FilterChoice, IsBitshuffleWhereThereIsNothingToMeasure) {
    for (std::size_t size = 1; size < 40; ++size)
        EXPECT_EQ(declared("lz4", PixelType::uint8, kit::make_noise(size)), bitshuffled) << size;
}

TEST(FilterChoice, IsKeptWhenTheCallerMakesIt) {
    const Bytes frame = kit::make_pixels(PixelType::int16, 4096);
    EXPECT_EQ(declared("zstd", PixelType::int16, frame, Filter::bitshuffle), bitshuffled);
    EXPECT_EQ(declared("zstd", PixelType::int16, frame, Filter::byteshuffle), byteshuffled);
    EXPECT_EQ(declared("zstd", PixelType::int16, frame, Filter::none), none);
}

// Frames that come later, and no first frame at all, are coded as the first one settled it.
TEST(FilterChoice, IsMadeOncePerEncoder) {
    for (const std::string_view codec : kit::writing_codecs()) {
        const CodecInfo& info = *find_codec(codec);
        if (info.id == 0) continue;
        const auto encoder = writing_row(info).prepare_encoder(info, {PixelType::int16, 8192}, {}, {});
        const Bytes frame = kit::make_pixels(PixelType::int16, 4096);
        Bytes chunk(encoder->chunk_bound());
        kit::IgnoringObserver observer;
        chunk.resize(encoder->encode(frame, chunk, *encoder->make_scratch(), observer));
        EXPECT_TRUE(kit::decoded(codec, PixelType::int16, chunk, frame.size()) == frame) << codec;
    }
}

}  // namespace
}  // namespace mrcz::codec::blosc
