// Chunks of blosc that stand in other containers.
#pragma once

#include <memory>

#include "codec/blosc/blosc.hpp"

namespace mrcz::codec::blosc {

/// Decodes one after another, each a frame; what that takes is made for the first.
class ChunkDecoder {
  public:
    ChunkDecoder(PixelType type, std::uint64_t frame_bytes) : shape_{type, frame_bytes, nullptr} {}

    /// Throws Error{corrupt, truncated, unsupported}.
    void decode(std::span<const std::byte> chunk, std::span<std::byte> frame) {
        if (!decoder_) {
            decoder_ = prepare_decoder(shape_);
            scratch_ = decoder_->make_scratch();
        }
        NoObserver nobody;
        decoder_->decode(chunk, frame, *scratch_, nobody);
    }

  private:
    FrameShape shape_;
    std::unique_ptr<const FrameDecoder> decoder_;
    std::unique_ptr<Scratch> scratch_;
};

}  // namespace mrcz::codec::blosc
