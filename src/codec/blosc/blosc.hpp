// The blosc codecs: a frame is one c-blosc 1 buffer, which c-blosc, python-mrcz, numcodecs and HDF5 filter 32001 decode
// as it lies. The chunk is made and read here, block by block, so that hashes and statistics run while a block is in
// the cache and contexts are reused; libzstd, liblz4, zlib, libsnappy and a BloscLZ of our own do the compression.
#pragma once

#include "codec/codec.hpp"

namespace mrcz::codec::blosc {

[[nodiscard]] std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                                  const CodecOptions& options,
                                                                  std::span<const std::byte> first_frame);
[[nodiscard]] std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape);

/// What the first frame settles for a whole file.
struct Choice {
    Filter filter = Filter::bitshuffle;
    std::size_t method = 0;  ///< of the backend
};

/// Compresses a block of `frame` in the ways that are open (one filter when `wanted` names it). A filter other than
/// bitshuffle has to be clearly smaller: it is slower at levels 1 and 2, where speed comes first.
[[nodiscard]] Choice choose(const CodecInfo& info, int level, Filter wanted, std::size_t pixel_bytes,
                            std::size_t block_bytes, std::span<const std::byte> frame);

}  // namespace mrcz::codec::blosc
