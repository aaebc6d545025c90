#include "jobs/array_source.hpp"

#include <algorithm>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "codec/blosc/chunk_decoder.hpp"
#include "foreign/array_shape.hpp"

namespace mrcz::jobs {
namespace {

class SourceArray final : public foreign::FrameArray {
  public:
    SourceArray(ArraySource& source, const Limits& limits) : source_(source), said_(source.facts()) {
        facts_.container = said_.container;
        facts_.place = said_.place;
        facts_.attributes = meta::JsonValue::parse(said_.attributes, limits);
        const foreign::FrameAxes axes = foreign::frame_axes(said_.shape, said_.number, facts_.attributes, limits);
        facts_.format = axes.format;
        facts_.frames = axes.frames;
        facts_.scan = axes.scan;
        facts_.why_not_moved = said_.why_not_moved;
        facts_.stored_bytes = said_.stored_bytes;
    }

    const foreign::ArrayFacts& facts() const noexcept override { return facts_; }
    std::unique_ptr<foreign::FrameReader> make_reader() override;

    [[nodiscard]] ArraySource& source() const noexcept { return source_; }
    [[nodiscard]] std::uint64_t frame_bytes() const noexcept { return bytes_of(facts_.format); }

  private:
    ArraySource& source_;
    ArraySourceFacts said_;
    foreign::ArrayFacts facts_;
};

class SourceFrame final : public foreign::FrameReader {
  public:
    explicit SourceFrame(SourceArray& array)
        : array_(array), decoder_(array.facts().format.type, array.frame_bytes()) {}

    void fetch(std::int64_t frame) override {
        frame_ = frame;
        chunk_.clear();
        if (array_.facts().why_not_moved.empty()) chunk_ = array_.source().chunk(frame);
        if (foreign::is_movable_chunk(chunk_, array_.frame_bytes())) return;
        chunk_.clear();
        pixels_ = memory_.first(static_cast<std::size_t>(array_.frame_bytes()));
        array_.source().pixels(frame, pixels_);
    }
    std::span<const std::byte> chunk() const override { return chunk_; }

    void pixels(std::span<std::byte> out) override {
        if (chunk_.empty()) {
            std::ranges::copy(pixels_, out.begin());
            return;
        }
        try {
            decoder_.decode(chunk_, out);
        } catch (const Error& error) {
            throw Error(error.code(), concat(array_.facts().place, ": frame ", frame_, ": ", error.message()));
        }
    }

  private:
    SourceArray& array_;
    std::int64_t frame_ = 0;
    std::vector<std::byte> chunk_;
    std::span<std::byte> pixels_;
    Buffer memory_;
    codec::blosc::ChunkDecoder decoder_;
};

std::unique_ptr<foreign::FrameReader> SourceArray::make_reader() { return std::make_unique<SourceFrame>(*this); }

}  // namespace

std::unique_ptr<foreign::FrameArray> as_frame_array(ArraySource& source, const Limits& limits) {
    return std::make_unique<SourceArray>(source, limits);
}

}  // namespace mrcz::jobs
