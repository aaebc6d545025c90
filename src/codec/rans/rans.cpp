#include "codec/rans/rans.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "codec/rans/frame.hpp"
#include "codec/rans/model_trial.hpp"

namespace mrcz::codec::rans {
namespace {

struct EncoderScratch final : Scratch {
    EncodeMemory memory;
};
struct DecoderScratch final : Scratch {
    std::vector<DecodeMemory> memory;
};

FrameSetup setup_of(const FrameShape& shape, const Model* model, const Fallback* fallback) {
    FrameSetup setup;
    setup.kind = kind_of(shape.type);
    setup.pixels = static_cast<std::size_t>(shape.frame_bytes >> setup.kind.log2_bytes);
    if (setup.pixels == 0 || setup.frame_bytes() != shape.frame_bytes)
        fail(ErrorCode::invalid_argument, "codec rans: a frame of ", shape.frame_bytes, " bytes is no whole number of ",
             info_of(shape.type).name, " pixels");
    if (model != nullptr && model->parts().pixels != setup.pixels)
        fail(ErrorCode::invalid_argument, "codec rans: a model for ", model->parts().pixels, " pixels, a frame has ",
             setup.pixels);
    setup.kernels = &simd::rans_kernels();
    setup.model = model;
    setup.fallback = fallback;
    return setup;
}

class Encoder final : public FrameEncoder {
  public:
    Encoder(const FrameShape& shape, std::shared_ptr<const Model> model, std::shared_ptr<const Fallback> fallback)
        : model_(std::move(model)),
          fallback_(std::move(fallback)),
          setup_(setup_of(shape, model_.get(), fallback_.get())) {}

    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<EncoderScratch>(); }
    std::size_t chunk_bound() const override { return payload_bound(setup_); }
    std::size_t parts() const override { return setup_.block_count(); }
    std::size_t encode(std::span<const std::byte> frame, std::span<std::byte> chunk, Scratch& scratch,
                       FrameObserver& observer) const override {
        FrameSetup setup = setup_;
        setup.executor = scratch.executor;
        return encode_frame(setup, frame, chunk, static_cast<EncoderScratch&>(scratch).memory,
                            [&](std::span<const std::byte> piece) { observer.observe(piece); });
    }

  private:
    std::shared_ptr<const Model> model_;
    std::shared_ptr<const Fallback> fallback_;
    FrameSetup setup_;
};

class Decoder final : public FrameDecoder {
  public:
    Decoder(const FrameShape& shape, std::shared_ptr<const Model> model, std::shared_ptr<const Fallback> fallback)
        : model_(std::move(model)),
          fallback_(std::move(fallback)),
          setup_(setup_of(shape, model_.get(), fallback_.get())) {}

    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<DecoderScratch>(); }
    std::size_t parts() const override { return setup_.block_count(); }
    void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch& scratch,
                FrameObserver& observer) const override {
        FrameSetup setup = setup_;
        setup.executor = scratch.executor;
        decode_frame(setup, chunk, frame, static_cast<DecoderScratch&>(scratch).memory,
                     [&](std::span<const std::byte> piece) { observer.observe(piece); });
    }

  private:
    std::shared_ptr<const Model> model_;
    std::shared_ptr<const Fallback> fallback_;
    FrameSetup setup_;
};

}  // namespace

std::unique_ptr<const FrameEncoder> make_encoder(const FrameShape& shape, std::shared_ptr<const Model> model,
                                                 std::shared_ptr<const Fallback> fallback) {
    return std::make_unique<Encoder>(shape, std::move(model), std::move(fallback));
}

std::unique_ptr<const FrameDecoder> make_decoder(const FrameShape& shape, std::shared_ptr<const Model> model,
                                                 std::shared_ptr<const Fallback> fallback) {
    return std::make_unique<Decoder>(shape, std::move(model), std::move(fallback));
}

namespace {

class FileModel final : public SharedModel {
  public:
    explicit FileModel(std::shared_ptr<const Model> model) : model_(std::move(model)) {}
    [[nodiscard]] static std::shared_ptr<const Model> in(const FrameShape& shape) {
        return shape.model ? dynamic_cast<const FileModel&>(*shape.model).model_ : nullptr;
    }

  private:
    std::shared_ptr<const Model> model_;
};

Bytes learn(const ModelLesson& lesson) {
    const std::uint64_t bytes = std::uint64_t{1} << kind_of(lesson.type).log2_bytes;
    const LearningSet set{.type = lesson.type,
                          .pixels = static_cast<std::size_t>(lesson.frame_bytes / bytes),
                          .row_pixels = static_cast<std::size_t>(lesson.row_bytes / bytes),
                          .samples = lesson.samples,
                          .frames = lesson.frames};
    if (!pixels_differ(set)) return {};
    const auto model = try_learning(set, *blosc_fallback(set.type, set.samples[0]));
    return model ? write_model(*model) : Bytes();
}

std::shared_ptr<const SharedModel> read(std::span<const std::byte> payload, const FrameShape& shape) {
    const std::uint64_t pixels = shape.frame_bytes >> kind_of(shape.type).log2_bytes;
    return std::make_shared<const FileModel>(read_model(payload, shape.type, static_cast<std::size_t>(pixels)));
}

}  // namespace

std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                    const CodecOptions& options, const Samples& samples) {
    if (options.level != 0) fail(ErrorCode::invalid_argument, "codec ", info.name, " has no levels");
    return make_encoder(shape, FileModel::in(shape), blosc_fallback(shape.type, samples.first_frame));
}

std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape) {
    return make_decoder(shape, FileModel::in(shape), blosc_fallback(shape.type));
}

const ModelRow model_row{learn, read};

std::string_view mode_of(std::span<const std::byte> head) {
    const ModeRow* row = head.empty() ? nullptr : find_mode(std::to_integer<std::uint8_t>(head[0]));
    return row == nullptr ? "unknown" : row->name;
}

}  // namespace mrcz::codec::rans
