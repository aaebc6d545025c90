// How frames of a file that grows are coded. What a model is learned from are the first frames, which are coded without
// one: no frame waits for others, and the bytes do not depend on when frames come.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "container/frame_coding.hpp"

namespace mrcz::container {

class GrowingCoding {
  public:
    /// `format.frames` are those expected. Learns a model on the way.
    GrowingCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options);
    /// All frames with this model, or with none.
    GrowingCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                  const std::optional<NumberedModel>& model);

    /// Settles by the first frames, those that are there, what is to be measured; next() does so by the one it gets.
    const FrameCoding& begin(std::span<const std::span<const std::byte>> frames);
    /// The coding of the next frame, which stays valid. To be called once for each frame, in order, one at a time.
    [[nodiscard]] const FrameCoding& next(std::span<const std::byte> frame);
    /// The model chunk to be written before frame `number`, counted from the first that next() saw; empty: none.
    [[nodiscard]] std::span<const std::byte> model_before(std::int64_t number) const;

    /// Frames that a model is learned from at most; of a stack whose frames are counted, at most an eighth of them.
    static constexpr std::int64_t most_samples = 64;
    /// Frames of this size that a model is learned from where it is not known how many will come.
    [[nodiscard]] static std::int64_t most_samples_of(const codec::CodecRow& row, std::uint64_t frame_bytes);

  private:
    void learn();

    const codec::CodecRow& row_;
    CodedFormat format_;
    CodecOptions options_;
    std::optional<NumberedModel> model_;
    std::int64_t wanted_ = 0, seen_ = 0;
    std::vector<Bytes> samples_;
    std::optional<FrameCoding> without_, with_;
    Bytes chunk_;
};

}  // namespace mrcz::container
