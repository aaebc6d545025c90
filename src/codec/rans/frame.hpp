// One frame as the payload of a chunk: a head, what the mode needs, the sizes of the blocks, the blocks. Blocks are
// coded one by one, so that several threads may share a frame.
#pragma once

#include <functional>
#include <memory>

#include "codec/rans/plan.hpp"

namespace mrcz::codec::rans {

/// Is shown the pieces of a frame once each and in order, by whoever has come to them.
using ShowPiece = std::function<void(std::span<const std::byte> piece)>;

/// Memory to code one frame after another.
struct EncodeMemory {
    std::vector<BlockEncoder> encoders;  ///< one for each thread
    std::vector<Bytes> streams;          ///< of blocks, where there are several threads
    Buffer gathered, numbers;
};
/// Memory of one thread.
struct DecodeMemory {
    BlockDecoder::Memory blocks[BlockDecoder::blocks_at_once];
    Buffer gathered, numbers;
};

/// Bytes a payload takes at most.
[[nodiscard]] std::size_t payload_bound(const FrameSetup& setup);

/// The payload of a frame of frame_bytes(); `payload` holds payload_bound() bytes. Returns how many were used. The same
/// frame and setup give the same bytes whatever the kernels.
[[nodiscard]] std::size_t encode_frame(const FrameSetup& setup, std::span<const std::byte> frame,
                                       std::span<std::byte> payload, EncodeMemory& memory, const ShowPiece& show = {});

/// A payload whose head and sizes were checked.
class ParsedFrame {
  public:
    /// Throws Error{corrupt, truncated, unsupported}; `payload` and what `setup` names must outlive this.
    ParsedFrame(const FrameSetup& setup, std::span<const std::byte> payload);

    [[nodiscard]] const Plan& plan() const { return plan_; }
    /// Pieces that can be decoded one by one, in any order, each into pixels of its own.
    [[nodiscard]] std::size_t block_count() const { return numbers_ ? numbers_->block_count() : streams_.size(); }
    /// Blocks `first` …, as many as BlockDecoder takes at once.
    void decode_blocks(std::size_t first, std::size_t count, std::span<std::byte> frame, DecodeMemory& memory) const;
    /// Whether block `index` fills place_of() it and nothing else; otherwise its pixels lie all over the frame.
    [[nodiscard]] bool is_in_order() const { return plan_.row->mode != Mode::segments; }
    [[nodiscard]] std::span<std::byte> place_of(std::size_t index, std::span<std::byte> frame) const;

  private:
    struct Stretch {
        std::size_t first, count;
    };
    [[nodiscard]] Stretch pixels_of(std::size_t index) const;
    struct Stream {
        BlockSizes sizes;
        std::span<const std::byte> bytes;
    };
    [[nodiscard]] std::vector<Segment<DecodingTable>> segments_of_block(std::size_t index) const;
    [[nodiscard]] std::size_t low_bytes_of_block(std::size_t index) const;
    void decode_whole(std::span<std::byte> frame) const;
    void decode_numbers(std::size_t first, std::size_t count, std::span<std::byte> frame, DecodeMemory& memory) const;
    void decode_with_histograms(std::size_t index, std::span<std::byte> frame) const;

    FrameSetup setup_;
    Plan plan_;
    std::unique_ptr<const DecodingTable> table_;
    std::vector<Stream> streams_;
    std::unique_ptr<const ParsedFrame> numbers_;  ///< of the values of a palette
};

/// All of it; `memory` is one for each thread, and grows.
void decode_frame(const FrameSetup& setup, std::span<const std::byte> payload, std::span<std::byte> frame,
                  std::vector<DecodeMemory>& memory, const ShowPiece& show = {});

}  // namespace mrcz::codec::rans
