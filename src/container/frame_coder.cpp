#include "container/frame_coder.hpp"

namespace mrcz::container {

FrameCoder::FrameCoder(const codec::FrameEncoder& encoder, const FrameFormat& format)
    : encoder_(encoder), scratch_(encoder.make_scratch()), recorder_(format) {}

const CodedFrame& FrameCoder::encode(std::span<const std::byte> frame) {
    const auto chunk = memory_.first(encoder_.chunk_bound());
    recorder_.start();
    const std::size_t size = encoder_.encode(frame, chunk, *scratch_, recorder_);
    coded_.chunk = chunk.first(size);
    coded_.chunk_hash = simd::hash64(coded_.chunk);
    coded_.frame_hash = recorder_.hash();
    coded_.statistics = recorder_.statistics();
    return coded_;
}

}  // namespace mrcz::container
