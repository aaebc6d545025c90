// Against c-blosc itself: it reads what we write, and we read what it writes.
#include <blosc.h>
#include <gtest/gtest.h>

#include <string>

#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::string_view compressors[] = {"blosclz", "lz4", "lz4hc", "zlib", "zstd"};

Bytes decoded_by_c_blosc(const Bytes& chunk, std::size_t frame_bytes) {
    Bytes frame(frame_bytes);
    if (::blosc_decompress_ctx(chunk.data(), frame.data(), frame.size(), 1) != static_cast<int>(frame_bytes)) return {};
    return frame;
}

struct Recipe {
    std::string compressor = "zstd";
    int level = 5;
    int shuffle = BLOSC_BITSHUFFLE;
    std::size_t type_bytes = 2;
    std::size_t block_bytes = 0;
    int threads = 1;
};

std::ostream& operator<<(std::ostream& out, const Recipe& recipe) {
    return out << recipe.compressor << " level " << recipe.level << ", shuffle " << recipe.shuffle << ", type size "
               << recipe.type_bytes << ", block " << recipe.block_bytes << ", threads " << recipe.threads;
}

Bytes encoded_by_c_blosc(const Recipe& recipe, const Bytes& frame) {
    Bytes chunk(frame.size() + BLOSC_MAX_OVERHEAD);
    const int size =
        ::blosc_compress_ctx(recipe.level, recipe.shuffle, recipe.type_bytes, frame.size(), frame.data(), chunk.data(),
                             chunk.size(), recipe.compressor.c_str(), recipe.block_bytes, recipe.threads);
    EXPECT_GT(size, 0) << recipe;
    chunk.resize(static_cast<std::size_t>(std::max(size, 0)));
    return chunk;
}

/// Returns the chunk's flags.
unsigned expect_we_decode(const Recipe& recipe, const Bytes& frame) {
    SCOPED_TRACE(testing::Message() << recipe << ", " << frame.size() << " bytes");
    const Bytes chunk = encoded_by_c_blosc(recipe, frame);
    EXPECT_TRUE(kit::decoded("zstd", PixelType::int8, chunk, frame.size()) == frame);
    return static_cast<unsigned>(chunk[2]);
}

TEST(CBlosc, DecodesWhatEveryBloscCodecWrites) {
    for (const std::string_view codec : kit::writing_codecs()) {
        if (find_codec(codec)->id == 0 || find_codec(codec)->id > 6) continue;
        std::size_t turn = 0;
        for (const PixelType type : kit::all_pixel_types())
            for (const std::uint64_t pixels : {1, 7, 8, 61, 17 * 13, 4096, 4097, 239 * 119})
                for (const Filter filter : kit::all_filters)
                    for (const std::uint64_t block_bytes : {0, 1000, 4096}) {
                        const kit::CodecTrial trial{codec,
                                                    type,
                                                    pixels,
                                                    kit::all_contents[turn++ % 6],
                                                    {.level = 0, .block_bytes = block_bytes, .filter = filter}};
                        const Bytes frame = kit::make_content(trial.content, type, pixels);
                        EXPECT_TRUE(decoded_by_c_blosc(kit::encoded(trial, frame), frame.size()) == frame) << trial;
                    }
    }
}

TEST(CBlosc, DecodesEveryLevel) {
    for (const std::string_view codec : kit::writing_codecs()) {
        if (find_codec(codec)->id == 0 || find_codec(codec)->id > 6) continue;
        for (const int level : kit::levels_of(codec)) {
            const kit::CodecTrial trial{codec,
                                        PixelType::int16,
                                        20'000,
                                        kit::Content::counts,
                                        {.level = level, .block_bytes = 16384, .filter = Filter::bitshuffle}};
            const Bytes frame = kit::make_pixels(trial.type, trial.pixels);
            EXPECT_TRUE(decoded_by_c_blosc(kit::encoded(trial, frame), frame.size()) == frame) << trial;
        }
    }
}

TEST(CBlosc, DecodesBloscLzOfEveryLevelFilterContentAndSize) {
    for (const int level : kit::levels_of("blosclz"))
        for (const Filter filter : {Filter::none, Filter::byteshuffle, Filter::bitshuffle})
            for (const kit::Content content : kit::all_contents)
                for (const std::uint64_t pixels : {1, 4, 5, 8, 9, 16, 33, 100, 1000, 4097, 60'000}) {
                    const kit::CodecTrial trial{"blosclz",
                                                PixelType::int16,
                                                pixels,
                                                content,
                                                {.level = level, .block_bytes = 0, .filter = filter}};
                    const Bytes frame = kit::make_content(content, trial.type, pixels);
                    EXPECT_TRUE(decoded_by_c_blosc(kit::encoded(trial, frame), frame.size()) == frame) << trial;
                }
}

TEST(CBlosc, ChunksOfEveryFilterTypeSizeAndBlockSizeAreDecoded) {
    for (const std::string_view compressor : compressors)
        for (const int shuffle : {BLOSC_NOSHUFFLE, BLOSC_SHUFFLE, BLOSC_BITSHUFFLE})
            for (const std::size_t type_bytes : {1, 2, 3, 4, 7, 8, 16, 17, 255})
                for (const std::size_t block_bytes : {0, 500, 4096, 10'000})
                    for (const std::size_t size : {1, 15, 128, 129, 1000, 4096, 33'333}) {
                        Recipe recipe{std::string(compressor), 5, shuffle, type_bytes, block_bytes, 1};
                        (void)expect_we_decode(recipe, kit::make_pixels(PixelType::uint8, size));
                    }
}

TEST(CBlosc, SplitAndWholeBlocksAreDecoded) {
    const Bytes frame = kit::make_pixels(PixelType::float32, 30'001);
    for (const int mode : {BLOSC_ALWAYS_SPLIT, BLOSC_NEVER_SPLIT}) {
        ::blosc_set_splitmode(mode);
        for (const std::string_view compressor : compressors)
            for (const int shuffle : {BLOSC_NOSHUFFLE, BLOSC_SHUFFLE, BLOSC_BITSHUFFLE})
                for (const std::size_t type_bytes : {2, 3, 4, 8, 16})
                    for (const std::size_t block_bytes : {0, 8192, 30'000}) {
                        const Recipe recipe{std::string(compressor), 5, shuffle, type_bytes, block_bytes, 1};
                        EXPECT_EQ((expect_we_decode(recipe, frame) & 0x10U) != 0, mode == BLOSC_NEVER_SPLIT) << recipe;
                    }
    }
    ::blosc_set_splitmode(BLOSC_FORWARD_COMPAT_SPLIT);
}

TEST(CBlosc, BlocksWrittenOutOfOrderByThreadsAreDecoded) {
    const Bytes frame = kit::make_pixels(PixelType::int16, 500'000);
    for (const std::string_view compressor : compressors)
        for (const std::size_t block_bytes : {4096, 40'000})
            for (int round = 0; round < 3; ++round)
                (void)expect_we_decode({std::string(compressor), 3, BLOSC_BITSHUFFLE, 2, block_bytes, 4}, frame);
}

TEST(CBlosc, CopiedChunksAreDecoded) {
    for (const std::size_t size : {1, 100, 5000, 100'000}) {
        const unsigned flags =
            expect_we_decode({"lz4", 0, BLOSC_SHUFFLE, 2, 0, 1}, kit::make_pixels(PixelType::uint8, size));
        EXPECT_NE(flags & 0x02U, 0U);
        (void)expect_we_decode({"zstd", 9, BLOSC_SHUFFLE, 2, 0, 1}, kit::make_noise(size));
    }
}

TEST(CBlosc, DamagedChunksOfSplitBlocksAreDataErrorsOrDecode) {
    const Bytes frame = kit::make_pixels(PixelType::float32, 700);
    ::blosc_set_splitmode(BLOSC_ALWAYS_SPLIT);
    const Bytes chunk = encoded_by_c_blosc({"lz4", 5, BLOSC_SHUFFLE, 4, 1024, 1}, frame);
    ::blosc_set_splitmode(BLOSC_FORWARD_COMPAT_SPLIT);
    std::string why;
    for (std::size_t bit = 0; bit < 8 * chunk.size(); ++bit) {
        const Bytes damaged = kit::with_flipped_bit(chunk, bit);
        ASSERT_TRUE(kit::survives([&] { (void)kit::decoded("lz4", PixelType::float32, damaged, frame.size()); }, &why))
            << "bit " << bit << ": " << why;
    }
    for (std::size_t length = 0; length < chunk.size(); ++length) {
        const Error error = kit::error_of(
            [&] { (void)kit::decoded("lz4", PixelType::float32, kit::truncated(chunk, length), frame.size()); });
        EXPECT_EQ(error.group(), ErrorGroup::data) << length;
    }
}

TEST(CBlosc, ChunksOfItsOwnCompatibilityTestsAreDecoded) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const auto folder = *data / "Blosc+c-blosc" / "compat";
    if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << folder << " is missing";
    Bytes expected;
    for (std::int32_t i = 0; i < 1'000'000; ++i) append_le(expected, i);
    int decoded = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".cdata") continue;
        const Bytes chunk = kit::read_file(entry.path());
        EXPECT_TRUE(kit::decoded("zstd", PixelType::int32, chunk, expected.size()) == expected) << entry.path();
        ++decoded;
    }
    EXPECT_GE(decoded, 18);
}

}  // namespace
}  // namespace mrcz::codec::blosc
