// The codec of plain MRC: a chunk is the frame.
#pragma once

#include "codec/codec.hpp"

namespace mrcz::codec::raw {

[[nodiscard]] std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                                  const CodecOptions& options, const Samples& samples);
[[nodiscard]] std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape);

}  // namespace mrcz::codec::raw
