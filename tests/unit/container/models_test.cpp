#include "container/models.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "codec/own_chunk.hpp"
#include "kit/counts.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::container {
namespace {

constexpr std::size_t side = 64;
constexpr std::uint16_t model_count = 40;

/// A bright disk on a dark ground.
Bytes disk(kit::Counts& counts) {
    Bytes pixels;
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            const bool bright = (x - 32) * (x - 32) + (y - 32) * (y - 32) < 200;
            append_le(pixels, static_cast<std::uint16_t>(counts.poisson(bright ? 30 : 0.2)));
        }
    return pixels;
}

/// One model's chunk that a list names many times.
class ManyModels : public testing::Test {
  protected:
    ManyModels() {
        shape_.frame_bytes = 2 * side * side;
        shape_.type = PixelType::uint16;
        kit::Counts counts(1);
        for (int k = 0; k < 40; ++k) frames_.push_back(disk(counts));
        const std::vector<std::span<const std::byte>> samples(frames_.begin(), frames_.end());
        const Bytes payload = row_.models->learn({shape_.type, shape_.frame_bytes, 2 * side, samples, 400});
        Bytes chunk(codec::own_chunk_header_bytes);
        chunk.insert(chunk.end(), payload.begin(), payload.end());
        codec::seal_own_chunk(chunk, row_, {.first = 0, .frames = 0});
        const ChunkRange all{0, chunk.size()};
        source_ = make_memory_source(std::move(chunk), "models");
        models_.emplace(*source_, row_, shape_);
        for (std::uint16_t number = 0; number < model_count; ++number) models_->add({number, all});
    }

    const codec::CodecRow& row_ = codec::reading_row(16);
    codec::FrameShape shape_;
    std::vector<Bytes> frames_;
    std::unique_ptr<ByteSource> source_;
    std::optional<Models> models_;
};

TEST_F(ManyModels, AreNotAllKept) {
    std::vector<std::weak_ptr<const codec::FrameDecoder>> decoders;
    for (std::uint16_t number = 0; number < model_count; ++number) decoders.push_back(models_->decoder(number));
    EXPECT_LE(std::ranges::count_if(decoders, [](const auto& decoder) { return !decoder.expired(); }), 4);
}

TEST_F(ManyModels, StayWhileTheyAreInUseAndComeBackWhenAskedAgain) {
    const auto first = models_->decoder(0);
    EXPECT_EQ(models_->decoder(0), first) << "made once";
    for (std::uint16_t number = 1; number < model_count; ++number) EXPECT_NE(models_->decoder(number), nullptr);
    EXPECT_EQ(first->parts(), models_->decoder(0)->parts());
}

TEST_F(ManyModels, ThoseThatAreMissingAreToldOfEachTime) {
    for (int time = 0; time < 2; ++time) EXPECT_THROW((void)models_->decoder(model_count), Error);
    EXPECT_NE(models_->decoder(0), nullptr);
}

}  // namespace
}  // namespace mrcz::container
