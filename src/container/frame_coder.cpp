#include "container/frame_coder.hpp"

namespace mrcz::container {

FrameCoder::FrameCoder(const FrameCoding& coding)
    : coding_(&coding),
      scratch_(coding.encoder().make_scratch()),
      recorder_(coding.format()),
      counts_(coding.make_counts()) {}

void FrameCoder::use(const FrameCoding& coding) {
    if (coding_ == &coding) return;
    coding_ = &coding;
    Executor* const executor = scratch_->executor;
    scratch_ = coding.encoder().make_scratch();
    scratch_->executor = executor;
}

const CodedFrame& FrameCoder::encode(std::int64_t number, std::span<const std::byte> frame) {
    const auto chunk = memory_.first(coding_->chunk_bound());
    recorder_.start();
    const std::size_t size = coding_->encode(number, frame, chunk, *scratch_, recorder_);
    if (counts_) counts_->add(number, frame);
    coded_.chunk = chunk.first(size);
    coded_.chunk_hash = simd::hash64(coded_.chunk);
    coded_.frame_hash = recorder_.hash();
    coded_.statistics = recorder_.statistics();
    return coded_;
}

}  // namespace mrcz::container
