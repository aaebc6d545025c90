// The blosc codecs: a frame is one c-blosc 1 buffer, which c-blosc, python-mrcz, numcodecs and HDF5 filter 32001 decode
// as it lies. The chunk is made and read here, block by block, so that hashes and statistics run while a block is in
// the cache and contexts are reused; libzstd, liblz4 and zlib do the compression.
#pragma once

#include "codec/codec.hpp"

namespace mrcz::codec::blosc {

[[nodiscard]] std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                                  const CodecOptions& options,
                                                                  std::span<const std::byte> first_frame);
[[nodiscard]] std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape);

/// What Filter::automatic stands for: bitshuffle unless another filter makes a sample of `frame` more than 2 % smaller.
[[nodiscard]] Filter choose_filter(const CodecInfo& info, int level, std::size_t pixel_bytes,
                                   std::span<const std::byte> frame);

}  // namespace mrcz::codec::blosc
