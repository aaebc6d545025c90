#include "kit/codec_trials.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "kit/images.hpp"

namespace mrcz::kit {
namespace {

Bytes filled(std::size_t size, int value) { return Bytes(size, static_cast<std::byte>(value)); }

/// Words that count up by `step`, so that each differs from its neighbours in few bits or in many.
Bytes counting(PixelType type, std::uint64_t pixels, std::uint64_t step) {
    const PixelTypeInfo& info = info_of(type);
    Bytes bytes(pixels * info.pixel_bytes);
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < bytes.size(); at += info.word_bytes, word += step)
        for (std::size_t k = 0; k < info.word_bytes; ++k) bytes[at + k] = static_cast<std::byte>(word >> (8 * k));
    return bytes;
}

struct EncodingOutcome {
    Bytes chunk;
    bool observed = false;
};

EncodingOutcome encode_into(int background, const codec::FrameEncoder& encoder, codec::Scratch& scratch,
                            const Bytes& frame) {
    EncodingOutcome outcome{filled(encoder.chunk_bound(), background), false};
    ExpectingObserver observer(frame);
    const std::size_t size = encoder.encode(frame, outcome.chunk, scratch, observer);
    EXPECT_LE(size, outcome.chunk.size());
    outcome.chunk.resize(size);
    outcome.observed = observer.saw_all();
    return outcome;
}

std::unique_ptr<const codec::FrameEncoder> encoder_of(const CodecTrial& trial, const Bytes& frame) {
    const CodecInfo& info = *find_codec(trial.codec);
    return codec::writing_row(info).prepare_encoder(info, {trial.type, frame.size()}, trial.options,
                                                    {.first_frame = frame});
}

void expect_decodes(const CodecTrial& trial, const Bytes& chunk, const Bytes& frame) {
    const auto decoder = codec::reading_row(find_codec(trial.codec)->id).prepare_decoder({trial.type, frame.size()});
    const auto scratch = decoder->make_scratch();
    for (const int background : {0, 0xff}) {
        Bytes back = filled(frame.size(), background);
        ExpectingObserver observer(frame);
        decoder->decode(chunk, back, *scratch, observer);
        EXPECT_TRUE(back == frame) << "decoding gives other bytes";
        EXPECT_TRUE(observer.saw_all()) << "the decoder's observer";
    }
}

}  // namespace

Bytes make_content(Content content, PixelType type, std::uint64_t pixels) {
    const std::size_t size = pixels * info_of(type).pixel_bytes;
    switch (content) {
        case Content::zeros:
            return filled(size, 0);
        case Content::constant:
            return filled(size, 0x5a);
        case Content::counts:
            return make_pixels(type, pixels);
        case Content::noise:
            return make_noise(size);
        case Content::ramp:
            return counting(type, pixels, 1);
        case Content::distinct:
            break;
    }
    return counting(type, pixels, 0x9e3779b97f4a7c15);
}

std::vector<PixelType> all_pixel_types() {
    auto types = pixel_types_with_a_mode();
    types.push_back(PixelType::uint8);
    return types;
}

bool takes(std::string_view codec, PixelType type) {
    const codec::CodecRow& row = codec::reading_row(find_codec(codec)->id);
    return row.takes == nullptr || row.takes(type);
}

std::vector<std::string_view> writing_codecs() {
    std::vector<std::string_view> names;
    for (const CodecInfo& info : codecs())
        if (info.writes && info.loss == Loss::lossless) names.push_back(info.name);
    return names;
}

std::vector<int> levels_of(std::string_view codec) {
    const CodecInfo& info = *find_codec(codec);
    if (info.greatest_level == 0) return {0};
    std::vector<int> levels;
    for (int level = info.least_level; level <= info.greatest_level; ++level) levels.push_back(level);
    return levels;
}

std::ostream& operator<<(std::ostream& out, const CodecTrial& trial) {
    return out << trial.codec << " level " << trial.options.level << ", filter "
               << static_cast<int>(trial.options.filter) << ", block " << trial.options.block_bytes << ", "
               << trial.pixels << " pixels of " << info_of(trial.type).name << ", content "
               << static_cast<int>(trial.content);
}

void ExpectingObserver::observe(std::span<const std::byte> piece) {
    fine_ = fine_ && piece.size() <= expected_.size() - seen_ &&
            std::ranges::equal(piece, expected_.subspan(seen_, piece.size()));
    seen_ += piece.size();
}

Bytes encoded(const CodecTrial& trial, const Bytes& frame) {
    const auto encoder = encoder_of(trial, frame);
    return encode_into(0, *encoder, *encoder->make_scratch(), frame).chunk;
}

Bytes decoded(std::string_view codec, PixelType type, std::span<const std::byte> chunk, std::size_t frame_bytes) {
    const auto decoder = codec::reading_row(find_codec(codec)->id).prepare_decoder({type, frame_bytes});
    Bytes frame(frame_bytes);
    IgnoringObserver observer;
    decoder->decode(chunk, frame, *decoder->make_scratch(), observer);
    return frame;
}

void expect_round_trip(const CodecTrial& trial) {
    SCOPED_TRACE(testing::Message() << trial);
    const Bytes frame = make_content(trial.content, trial.type, trial.pixels);
    const auto encoder = encoder_of(trial, frame);
    const auto scratch = encoder->make_scratch();
    const EncodingOutcome first = encode_into(0, *encoder, *scratch, frame);
    const EncodingOutcome again = encode_into(0xff, *encoder, *scratch, frame);
    EXPECT_TRUE(first.observed && again.observed) << "the encoder's observer";
    EXPECT_TRUE(first.chunk == again.chunk) << "encoding again gives other bytes";
    expect_decodes(trial, first.chunk, frame);
}

}  // namespace mrcz::kit
