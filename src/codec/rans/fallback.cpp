// The blosc chunk that stands in for a frame where repeats make it smaller than entropy coding.
#include <algorithm>
#include <mutex>

#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"
#include "codec/rans/rans.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t pieces = 16, piece_bytes = std::size_t{1} << 20;  // of a block's size

struct NoObserver final : FrameObserver {
    void observe(std::span<const std::byte>) override {}
};

/// Blocks from all over the frame, because beam, background and gaps of a detector differ.
Bytes pieces_of(std::span<const std::byte> frame) {
    Bytes taken;
    if (frame.size() <= pieces * piece_bytes) {
        append(taken, frame);
        return taken;
    }
    const std::size_t distance = frame.size() / pieces;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
        const std::size_t first = (piece * distance + (distance - piece_bytes) / 2) / piece_bytes * piece_bytes;
        append(taken, frame.subspan(first, piece_bytes));
    }
    return taken;
}

Bytes encoded_with(Filter filter, PixelType type, std::span<const std::byte> bytes) {
    CodecOptions options;
    options.filter = filter;
    const auto encoder = blosc::prepare_encoder(*find_codec("zstd"), {type, bytes.size()}, options, bytes);
    Bytes coded(encoder->chunk_bound());
    NoObserver observer;
    coded.resize(encoder->encode(bytes, coded, *encoder->make_scratch(), observer));
    return coded;
}

/// Size is all that counts where this codec is beaten, so that bitshuffle has no start over the others.
Filter smallest_filter(PixelType type, std::span<const std::byte> sample) {
    Filter best = Filter::bitshuffle;
    std::size_t least = SIZE_MAX;
    for (const Filter filter : {Filter::bitshuffle, Filter::byteshuffle, Filter::none}) {
        const std::size_t size = encoded_with(filter, type, sample).size();
        if (size >= least) continue;
        best = filter;
        least = size;
    }
    return best;
}

class BloscFallback final : public Fallback {
  public:
    BloscFallback(PixelType type, std::span<const std::byte> first_frame)
        : type_(type), sample_(pieces_of(first_frame)) {}

    std::size_t encode(std::span<const std::byte> bytes, std::span<std::byte> chunk) const override {
        if (bytes.size() > blosc::largest_frame) return 0;
        const Bytes coded =
            encoded_with(sample_.empty() ? smallest_filter(type_, pieces_of(bytes)) : filter(), type_, bytes);
        if (coded.size() > chunk.size()) return 0;
        std::copy(coded.begin(), coded.end(), chunk.begin());
        return coded.size();
    }

    void decode(std::span<const std::byte> chunk, std::span<std::byte> bytes) const override {
        const auto decoder = blosc::prepare_decoder({type_, bytes.size()});
        NoObserver observer;
        decoder->decode(chunk, bytes, *decoder->make_scratch(), observer);
    }

  private:
    /// Found when a frame first asks: most files never do.
    [[nodiscard]] Filter filter() const {
        std::call_once(found_, [this] { filter_ = smallest_filter(type_, sample_); });
        return filter_;
    }

    PixelType type_;
    Bytes sample_;
    mutable std::once_flag found_;
    mutable Filter filter_ = Filter::bitshuffle;
};

}  // namespace

std::shared_ptr<const Fallback> blosc_fallback(PixelType type, std::span<const std::byte> first_frame) {
    return std::make_shared<const BloscFallback>(type, first_frame);
}

}  // namespace mrcz::codec::rans
