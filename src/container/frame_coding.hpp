// How the frames of one file are coded: the encoder, the model they share, and what the headers of their chunks say.
#pragma once

#include <optional>
#include <vector>

#include "codec/own_chunk.hpp"
#include "container/models.hpp"
#include "container/value_counts.hpp"
#include "mrcz/frame_format.hpp"

namespace mrcz::container {

struct CodedFormat {
    FrameFormat format;
    std::uint64_t frame_bytes = 0;
    std::int64_t frames = 0;  ///< of the stack, as far as that is known; 0: it is not
};

class FrameCoding {
  public:
    /// `model` is for codecs that have them.
    FrameCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                const codec::Samples& samples, const std::optional<NumberedModel>& model = {});

    [[nodiscard]] const FrameFormat& format() const noexcept { return format_; }
    [[nodiscard]] const codec::FrameEncoder& encoder() const noexcept { return *encoder_; }
    /// Counters of the pixels that it codes; nothing where the codec is none that entropy says something of.
    [[nodiscard]] std::optional<ValueCounts> make_counts() const;
    [[nodiscard]] std::size_t chunk_bound() const { return header_bytes() + encoder_->chunk_bound(); }
    /// Writes frame `number`; `chunk` holds chunk_bound() bytes. Returns the chunk's size.
    [[nodiscard]] std::size_t encode(std::int64_t number, std::span<const std::byte> frame, std::span<std::byte> chunk,
                                     codec::Scratch& scratch, codec::FrameObserver& observer) const;

  private:
    [[nodiscard]] std::size_t header_bytes() const noexcept {
        return row_.has_own_chunks() ? codec::own_chunk_header_bytes : 0;
    }

    const codec::CodecRow& row_;
    FrameFormat format_;
    std::int64_t frames_;
    std::unique_ptr<const codec::FrameEncoder> encoder_;
    codec::OwnChunkHeader header_;
};

/// What settles options that are to be measured, of frames that are in memory.
class FrameSamples {
  public:
    /// `frames`: the first of a stack; `format.frames` are those of all of it, 0 where that is not known.
    FrameSamples(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                 std::span<const std::span<const std::byte>> frames);
    [[nodiscard]] codec::Samples get() const noexcept { return {first_, parts_}; }

  private:
    std::span<const std::byte> first_;
    std::vector<std::span<const std::byte>> parts_;
};

/// See CodecRow::parts_to_measure; empty where nothing is to be measured.
[[nodiscard]] std::vector<codec::FramePart> parts_to_measure(const codec::CodecRow& row, const CodedFormat& format,
                                                             const CodecOptions& options, std::int64_t there);

/// Makes the chunk of a file's frame be that of another number.
void renumber_chunk(std::span<std::byte> chunk, const codec::CodecRow& row, std::int64_t number);

/// Frames to learn a file's model from; 0 where it gets none.
[[nodiscard]] std::int64_t samples_wanted(const codec::CodecRow& row, std::uint64_t frame_bytes, std::int64_t frames);

struct LearnedModel {
    Bytes chunk;
    NumberedModel model;
};
/// The first model of a file of `frames` frames; nothing where none pays.
[[nodiscard]] std::optional<LearnedModel> learn_model(const codec::CodecRow& row, const CodedFormat& format,
                                                      std::span<const std::span<const std::byte>> samples,
                                                      std::int64_t frames);

}  // namespace mrcz::container
