#include <gtest/gtest.h>

#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"

namespace mrcz::codec {
namespace {

using kit::CodecTrial;
using kit::Content;

class EveryCodec : public testing::TestWithParam<std::string_view> {
  public:
    [[nodiscard]] static std::uint64_t pixels_in(std::uint64_t bytes, PixelType type) {
        return std::max<std::uint64_t>(1, bytes / info_of(type).pixel_bytes);
    }
    /// Those among `types` that the codec takes.
    [[nodiscard]] static std::vector<PixelType> types_of(std::vector<PixelType> types) {
        std::erase_if(types, [](PixelType type) { return !kit::takes(GetParam(), type); });
        return types;
    }
};

INSTANTIATE_TEST_SUITE_P(Codecs, EveryCodec, testing::ValuesIn(kit::writing_codecs()),
                         [](const auto& codec) { return std::string(codec.param); });

constexpr std::uint64_t kib = 1024;

TEST_P(EveryCodec, GivesBackFramesOfEveryShapeTypeAndFilter) {
    std::size_t turn = 0;
    for (const PixelType type : types_of(kit::all_pixel_types()))
        for (const std::uint64_t pixels : {1, 2, 7, 8, 9, 61, 17 * 13, 64 * 48, 239 * 19})
            for (const Filter filter : kit::all_filters)
                for (const std::uint64_t block_bytes :
                     {std::uint64_t{0}, 64 * kib, kib, std::uint64_t{1001}, std::uint64_t{1}})
                    kit::expect_round_trip({GetParam(),
                                            type,
                                            pixels,
                                            kit::all_contents[turn++ % 6],
                                            {.level = 0, .block_bytes = block_bytes, .filter = filter}});
}

TEST_P(EveryCodec, GivesBackEveryContent) {
    for (const PixelType type : types_of(kit::all_pixel_types()))
        for (const Content content : kit::all_contents)
            for (const Filter filter : kit::all_filters)
                kit::expect_round_trip(
                    {GetParam(), type, 61 * 83, content, {.level = 0, .block_bytes = 4 * kib, .filter = filter}});
}

TEST_P(EveryCodec, GivesBackFramesAtEveryLevel) {
    for (const int level : kit::levels_of(GetParam()))
        for (const PixelType type : types_of({PixelType::int8, PixelType::int16, PixelType::float32, PixelType::rgb8}))
            for (const Content content : kit::all_contents)
                kit::expect_round_trip({GetParam(),
                                        type,
                                        71 * 53,
                                        content,
                                        {.level = level, .block_bytes = 8 * kib, .filter = Filter::automatic}});
}

TEST_P(EveryCodec, GivesBackFramesAtTheEdgesOfABlock) {
    for (const PixelType type : types_of(kit::all_pixel_types()))
        for (const Filter filter : {Filter::byteshuffle, Filter::bitshuffle})
            for (const int extra_pixels : {-1, 0, 1}) {
                const CodecOptions options{.level = 0, .block_bytes = 24 * kib, .filter = filter};
                kit::expect_round_trip({GetParam(), type,
                                        pixels_in(24 * kib, type) + static_cast<std::uint64_t>(extra_pixels),
                                        Content::counts, options});
                kit::expect_round_trip({GetParam(), type,
                                        pixels_in(72 * kib, type) + static_cast<std::uint64_t>(extra_pixels),
                                        Content::counts, options});
            }
}

TEST_P(EveryCodec, GivesBackFramesOfSeveralDefaultBlocks) {
    const CodecOptions fast{.level = kit::levels_of(GetParam()).front(), .block_bytes = 0, .filter = Filter::automatic};
    for (const PixelType type : types_of({PixelType::int8, PixelType::uint16, PixelType::float32, PixelType::rgb8})) {
        for (const std::uint64_t bytes : {kib * kib - 4, kib * kib, kib * kib + 4, 3 * kib * kib + 52})
            kit::expect_round_trip({GetParam(), type, pixels_in(bytes, type), Content::counts, fast});
        kit::expect_round_trip({GetParam(), type, 251 * 241, Content::counts, fast});
    }
}

TEST_P(EveryCodec, RefusesLevelsItDoesNotHave) {
    const CodecInfo& info = *find_codec(GetParam());
    if (info.greatest_level == 0) return;
    for (const int level : {-1, info.greatest_level + 1, 100}) {
        const Error error = kit::error_of([&] {
            (void)kit::encoded({GetParam(),
                                PixelType::int16,
                                4,
                                Content::zeros,
                                {.level = level, .block_bytes = 0, .filter = Filter::automatic}},
                               Bytes(8));
        });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << level;
    }
}

TEST_P(EveryCodec, ChunkOfAnotherFrameSizeIsCorrupt) {
    const CodecTrial trial{GetParam(), PixelType::int16, 300, Content::counts, {}};
    const Bytes chunk = kit::encoded(trial, kit::make_content(trial.content, trial.type, trial.pixels));
    for (const std::size_t bytes : {std::size_t{2}, std::size_t{598}, std::size_t{602}, std::size_t{100'000}}) {
        const Error error = kit::error_of([&] { (void)kit::decoded(GetParam(), PixelType::int16, chunk, bytes); });
        EXPECT_EQ(error.code(), ErrorCode::corrupt) << bytes;
    }
}

// Damage may go unnoticed here, where a hash of the frame notices it; it must lead nowhere else.
TEST_P(EveryCodec, DamagedChunksAreDataErrorsOrDecode) {
    for (const Filter filter : kit::all_filters)
        for (const Content content : {Content::counts, Content::zeros, Content::noise}) {
            const CodecTrial trial{
                GetParam(), PixelType::int16, 300, content, {.level = 0, .block_bytes = 256, .filter = filter}};
            SCOPED_TRACE(testing::Message() << trial);
            const Bytes chunk = kit::encoded(trial, kit::make_content(content, trial.type, trial.pixels));
            std::string why;
            const auto survives = [&](const Bytes& damaged) {
                return kit::survives([&] { (void)kit::decoded(GetParam(), trial.type, damaged, 600); }, &why);
            };
            for (std::size_t bit = 0; bit < 8 * chunk.size(); ++bit)
                ASSERT_TRUE(survives(kit::with_flipped_bit(chunk, bit))) << "bit " << bit << ": " << why;
        }
}

TEST_P(EveryCodec, ShortChunksAreDataErrors) {
    for (const Content content : kit::all_contents) {
        const CodecTrial trial{
            GetParam(), PixelType::int16, 300, content, {.level = 0, .block_bytes = 256, .filter = Filter::bitshuffle}};
        const Bytes chunk = kit::encoded(trial, kit::make_content(content, trial.type, trial.pixels));
        for (std::size_t length = 0; length < chunk.size(); ++length) {
            const Error error =
                kit::error_of([&] { (void)kit::decoded(GetParam(), trial.type, kit::truncated(chunk, length), 600); });
            EXPECT_EQ(error.group(), ErrorGroup::data) << trial << " cut to " << length << ": " << error.what();
        }
    }
}

TEST_P(EveryCodec, RefusesPixelsItDoesNotTake) {
    for (const PixelType type : kit::all_pixel_types()) {
        if (kit::takes(GetParam(), type)) continue;
        const Bytes frame = kit::make_content(Content::counts, type, 300);
        const Error error = kit::error_of([&] {
            (void)kit::encoded({GetParam(), type, 300, Content::counts, {}}, frame);
        });
        EXPECT_EQ(error.code(), ErrorCode::unsupported) << info_of(type).name;
        EXPECT_NE(error.message().find(info_of(type).name), std::string::npos) << error.message();
    }
}

TEST_P(EveryCodec, SaysTheSizeOfItsChunksFromTheirHead) {
    const CodecRow& row = reading_row(find_codec(GetParam())->id);
    if (row.chunk_size == nullptr) return;  // chunks of known size need no head
    for (const Content content : kit::all_contents) {
        const CodecTrial trial{GetParam(), PixelType::int16, 300, content, {}};
        const Bytes chunk = kit::encoded(trial, kit::make_content(content, trial.type, trial.pixels));
        EXPECT_EQ(row.chunk_size(std::span(chunk).first(chunk_head_bytes)), chunk.size());
    }
}

}  // namespace
}  // namespace mrcz::codec
