// Coding one frame for a file: chunk, hashes, statistics, in memory that one pipeline slot owns.
#pragma once

#include "base/buffer.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_coding.hpp"
#include "container/frame_records.hpp"

namespace mrcz::container {

class FrameCoder {
  public:
    explicit FrameCoder(const FrameCoding& coding);

    /// Codes parts of a frame side by side; null: one after another. See codec::Scratch.
    void run_parts_on(Executor* executor) noexcept { scratch_->executor = executor; }
    /// Codes frames to come in another way.
    void use(const FrameCoding& coding);
    /// `frame`, the file's frame `number`, is little-endian. The result stays valid until the next call.
    const CodedFrame& encode(std::int64_t number, std::span<const std::byte> frame);
    /// Of all frames it coded; nothing where the codec does not ask for it.
    [[nodiscard]] const std::optional<ValueCounts>& counts() const noexcept { return counts_; }
    [[nodiscard]] const CodedFrame& coded() const noexcept { return coded_; }

  private:
    const FrameCoding* coding_;
    std::unique_ptr<codec::Scratch> scratch_;
    Buffer memory_;
    FrameRecorder recorder_;
    std::optional<ValueCounts> counts_;
    CodedFrame coded_;
};

/// Of all frames that these coded; of none where the codec does not ask for it.
class EntropySum {
  public:
    void add(const FrameCoder& coder) {
        if (!coder.counts()) return;
        if (!sum_) {
            sum_ = coder.counts();
        } else {
            sum_->add(*coder.counts());
        }
    }
    void add(const std::optional<FrameCoder>& coder) {
        if (coder) add(*coder);
    }
    [[nodiscard]] FrameEntropy entropy() const { return sum_ ? sum_->entropy() : FrameEntropy{}; }

  private:
    std::optional<ValueCounts> sum_;
};

template <class Coders>
[[nodiscard]] FrameEntropy entropy_of(const Coders& coders) {
    EntropySum sum;
    for (const auto& coder : coders) sum.add(coder);
    return sum.entropy();
}

}  // namespace mrcz::container
