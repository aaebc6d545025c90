// The blosc codecs: a frame is one c-blosc 1 buffer, which c-blosc, python-mrcz, numcodecs and HDF5 filter 32001 decode
// as it lies. The chunk is made and read here, block by block, so that hashes and statistics run while a block is in
// the cache and contexts are reused; libzstd, liblz4, zlib, libsnappy and a BloscLZ of our own do the compression.
#pragma once

#include "codec/codec.hpp"

namespace mrcz::codec::blosc {

[[nodiscard]] std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                                  const CodecOptions& options, const Samples& samples);
[[nodiscard]] std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape);

/// Whether a level is one of those where speed comes first.
[[nodiscard]] constexpr bool is_fast(int level) noexcept { return level <= 2; }

/// Whole blocks, because how well a block does depends on its size: of frames all over the stack, and of places all
/// over the frames.
[[nodiscard]] std::vector<FramePart> parts_to_measure(const CodecInfo& info, const FrameShape& shape,
                                                      const CodecOptions& options, std::int64_t there,
                                                      std::int64_t all);

/// What is settled for a whole file.
struct Choice {
    Filter filter = Filter::bitshuffle;
    std::size_t method = 0;  ///< of the backend
};

/// Compresses `blocks` in the ways that are open (one filter when `wanted` names it); their total decides. What is
/// slower has to be clearly smaller at levels 1 and 2, where speed comes first.
[[nodiscard]] Choice choose(const CodecInfo& info, int level, Filter wanted, std::size_t pixel_bytes,
                            std::span<const std::span<const std::byte>> blocks);

}  // namespace mrcz::codec::blosc
