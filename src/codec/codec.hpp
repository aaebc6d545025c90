// What a codec does, whatever its kind: prepare once, then code frames on any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::codec {

/// What a codec learned once for all frames of a file, to be shared by threads.
class SharedModel {
  public:
    virtual ~SharedModel() = default;
};

struct FrameShape {
    PixelType type = PixelType::int8;
    std::uint64_t frame_bytes = 0;
    std::shared_ptr<const SharedModel> model = nullptr;  ///< of the codec it is given to; null: none
};

/// Frames to learn a model from.
struct ModelLesson {
    PixelType type = PixelType::int8;
    std::uint64_t frame_bytes = 0;
    std::uint64_t row_bytes = 0;  ///< 0: rows do not begin with bytes of their own
    std::span<const std::span<const std::byte>> samples;
    std::uint64_t frames = 0;  ///< that will share the model
};

/// Bytes of a frame that are looked at without the rest of it.
struct FramePart {
    std::int64_t frame = 0;
    std::uint64_t offset = 0;
    std::size_t bytes = 0;
};

/// Settles options that say "measure". Both may be empty.
struct Samples {
    std::span<const std::byte> first_frame = {};
    std::span<const std::span<const std::byte>> parts =
        {};  ///< those of CodecRow::parts_to_measure; empty: of first_frame
};

/// Memory and contexts of one thread, reused from frame to frame.
class Scratch {
  public:
    virtual ~Scratch() = default;
    /// Runs parts of a frame side by side, where a codec has such parts; null: one after another. The bytes are the
    /// same. Not while the thread that codes is itself one of the executor's.
    Executor* executor = nullptr;
};

/// Sees a frame's decoded bytes piece by piece, in order, while they are in the processor's cache: hashes and
/// statistics then cost no second pass through memory.
class FrameObserver {
  public:
    virtual ~FrameObserver() = default;
    virtual void observe(std::span<const std::byte> piece) = 0;
};

/// Of those who need not see.
class NoObserver final : public FrameObserver {
  public:
    void observe(std::span<const std::byte>) override {}
};

class FrameEncoder {
  public:
    virtual ~FrameEncoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Scratch> make_scratch() const = 0;
    /// Bytes a chunk takes at most.
    [[nodiscard]] virtual std::size_t chunk_bound() const = 0;
    /// Of a frame, that Scratch::executor may run side by side.
    [[nodiscard]] virtual std::size_t parts() const { return 1; }
    /// Returns the chunk's size; `chunk` holds chunk_bound() bytes. The same frame gives the same bytes, always.
    [[nodiscard]] virtual std::size_t encode(std::span<const std::byte> frame, std::span<std::byte> chunk,
                                             Scratch& scratch, FrameObserver& observer) const = 0;
};

class FrameDecoder {
  public:
    virtual ~FrameDecoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Scratch> make_scratch() const = 0;
    /// As of FrameEncoder.
    [[nodiscard]] virtual std::size_t parts() const { return 1; }
    /// Fills `frame`. Trusts nothing in `chunk`; throws Error{corrupt, truncated, unsupported} naming the place in it.
    virtual void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch& scratch,
                        FrameObserver& observer) const = 0;
};

/// Bytes of the chunk that begins with `head` (at least chunk_head_bytes), for walking files without an index.
inline constexpr std::size_t chunk_head_bytes = 16;
using ChunkSize = std::uint64_t (*)(std::span<const std::byte> head);

/// What a codec that shares models is asked beside its row.
struct ModelRow {
    /// The payload of the model chunk; empty where a model does not pay for its size.
    Bytes (*learn)(const ModelLesson& lesson);
    /// Trusts nothing in `payload`; throws Error{corrupt, truncated, unsupported}.
    std::shared_ptr<const SharedModel> (*read)(std::span<const std::byte> payload, const FrameShape& shape);
};

/// A row of the registry: what is public, and how to make its parts.
struct CodecRow {
    CodecInfo info;
    std::unique_ptr<const FrameEncoder> (*prepare_encoder)(const CodecInfo& info, const FrameShape& shape,
                                                           const CodecOptions& options, const Samples& samples);
    std::unique_ptr<const FrameDecoder> (*prepare_decoder)(const FrameShape& shape);
    ChunkSize chunk_size;
    /// Decoded bytes of the frame in the chunk; null where a chunk's head does not tell.
    ChunkSize frame_size = nullptr;
    /// Of the project's own codecs: encoder and decoder see payloads, which stand in a file behind the header of
    /// own_chunk.hpp. 0: chunks have no such header.
    std::uint16_t chunk_version = 0;
    const ModelRow* models = nullptr;
    /// Null where every pixel type can be coded.
    bool (*takes)(PixelType type) noexcept = nullptr;
    /// Name of the way that the payload beginning with `head` (a byte or more) is coded in; null where there is one
    /// way only.
    std::string_view (*mode_of)(std::span<const std::byte> head) = nullptr;
    /// What it wants to see of the first `there` frames of a stack of `all`, where the options say "measure"; null
    /// where nothing ever is.
    std::vector<FramePart> (*parts_to_measure)(const CodecInfo& info, const FrameShape& shape,
                                               const CodecOptions& options, std::int64_t there,
                                               std::int64_t all) = nullptr;

    [[nodiscard]] bool has_own_chunks() const noexcept { return chunk_version != 0; }
};

/// The row of a codec that can write (read) here; otherwise throws, naming what can.
[[nodiscard]] const CodecRow& writing_row(const CodecInfo& info);
[[nodiscard]] const CodecRow& reading_row(std::uint16_t id);

}  // namespace mrcz::codec
