// What a codec does, whatever its kind: prepare once, then code frames on any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "mrcz/codec.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::codec {

struct FrameShape {
    PixelType type = PixelType::int8;
    std::uint64_t frame_bytes = 0;
};

/// Memory and contexts of one thread, reused from frame to frame.
class Scratch {
  public:
    virtual ~Scratch() = default;
};

/// Sees a frame's decoded bytes piece by piece, in order, while they are in the processor's cache: hashes and
/// statistics then cost no second pass through memory.
class FrameObserver {
  public:
    virtual ~FrameObserver() = default;
    virtual void observe(std::span<const std::byte> piece) = 0;
};

class FrameEncoder {
  public:
    virtual ~FrameEncoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Scratch> make_scratch() const = 0;
    /// Bytes a chunk takes at most.
    [[nodiscard]] virtual std::size_t chunk_bound() const = 0;
    /// Returns the chunk's size; `chunk` holds chunk_bound() bytes. The same frame gives the same bytes, always.
    [[nodiscard]] virtual std::size_t encode(std::span<const std::byte> frame, std::span<std::byte> chunk,
                                             Scratch& scratch, FrameObserver& observer) const = 0;
};

class FrameDecoder {
  public:
    virtual ~FrameDecoder() = default;
    [[nodiscard]] virtual std::unique_ptr<Scratch> make_scratch() const = 0;
    /// Fills `frame`. Trusts nothing in `chunk`; throws Error{corrupt, truncated, unsupported} naming the place in it.
    virtual void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch& scratch,
                        FrameObserver& observer) const = 0;
};

/// Bytes of the chunk that begins with `head` (at least chunk_head_bytes), for walking files without an index.
inline constexpr std::size_t chunk_head_bytes = 16;
using ChunkSize = std::uint64_t (*)(std::span<const std::byte> head);

/// A row of the registry: what is public, and how to make its parts.
struct CodecRow {
    CodecInfo info;
    /// `first_frame` lets options that say "measure" be settled; it may be empty.
    std::unique_ptr<const FrameEncoder> (*prepare_encoder)(const CodecInfo& info, const FrameShape& shape,
                                                           const CodecOptions& options,
                                                           std::span<const std::byte> first_frame);
    std::unique_ptr<const FrameDecoder> (*prepare_decoder)(const FrameShape& shape);
    ChunkSize chunk_size;
    /// Decoded bytes of the frame in the chunk; null where a chunk's head does not tell.
    ChunkSize frame_size = nullptr;
};

/// The row of a codec that can write (read) here; otherwise throws, naming what can.
[[nodiscard]] const CodecRow& writing_row(const CodecInfo& info);
[[nodiscard]] const CodecRow& reading_row(std::uint16_t id);

}  // namespace mrcz::codec
