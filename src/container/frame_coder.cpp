#include "container/frame_coder.hpp"

namespace mrcz::container {

FrameCoder::FrameCoder(const FrameCoding& coding)
    : coding_(coding), scratch_(coding.encoder().make_scratch()), recorder_(coding.format()) {}

const CodedFrame& FrameCoder::encode(std::int64_t number, std::span<const std::byte> frame) {
    const auto chunk = memory_.first(coding_.chunk_bound());
    recorder_.start();
    const std::size_t size = coding_.encode(number, frame, chunk, *scratch_, recorder_);
    coded_.chunk = chunk.first(size);
    coded_.chunk_hash = simd::hash64(coded_.chunk);
    coded_.frame_hash = recorder_.hash();
    coded_.statistics = recorder_.statistics();
    return coded_;
}

}  // namespace mrcz::container
