#include "codec/raw.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace mrcz::codec::raw {
namespace {

struct NoScratch final : Scratch {};

/// Copies piece by piece, so that the observer sees bytes that are still in the cache.
void copy_observed(std::span<const std::byte> from, std::span<std::byte> to, FrameObserver& observer) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 18;
    for (std::size_t at = 0; at < from.size(); at += piece_bytes) {
        const auto piece = from.subspan(at, std::min(piece_bytes, from.size() - at));
        std::copy(piece.begin(), piece.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
        observer.observe(piece);
    }
}

class Encoder final : public FrameEncoder {
  public:
    explicit Encoder(std::uint64_t frame_bytes) : frame_bytes_(static_cast<std::size_t>(frame_bytes)) {}

    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<NoScratch>(); }
    std::size_t chunk_bound() const override { return frame_bytes_; }
    std::size_t encode(std::span<const std::byte> frame, std::span<std::byte> chunk, Scratch&,
                       FrameObserver& observer) const override {
        copy_observed(frame, chunk, observer);
        return frame.size();
    }

  private:
    std::size_t frame_bytes_;
};

class Decoder final : public FrameDecoder {
  public:
    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<NoScratch>(); }
    void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch&,
                FrameObserver& observer) const override {
        if (chunk.size() != frame.size())
            fail(ErrorCode::corrupt, "frame of ", chunk.size(), " bytes where ", frame.size(), " are expected");
        copy_observed(chunk, frame, observer);
    }
};

}  // namespace

std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo&, const FrameShape& shape, const CodecOptions&,
                                                    const Samples&) {
    return std::make_unique<Encoder>(shape.frame_bytes);
}

std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape&) { return std::make_unique<Decoder>(); }

}  // namespace mrcz::codec::raw
