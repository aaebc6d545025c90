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

    /// `frame`, the file's frame `number`, is little-endian. The result stays valid until the next call.
    const CodedFrame& encode(std::int64_t number, std::span<const std::byte> frame);
    [[nodiscard]] const CodedFrame& coded() const noexcept { return coded_; }

  private:
    const FrameCoding& coding_;
    std::unique_ptr<codec::Scratch> scratch_;
    Buffer memory_;
    FrameRecorder recorder_;
    CodedFrame coded_;
};

}  // namespace mrcz::container
