// The codec `rans` (spec/codec-rans.md): entropy coding of integer pixels, alone or with a model that a file shares.
// A chunk's payload is one frame; the container puts its chunk header before it.
#pragma once

#include <memory>

#include "codec/codec.hpp"
#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

/// `model` may be null; it, `fallback` and the pixels must suit each other. A frame is a whole number of pixels.
[[nodiscard]] std::unique_ptr<const FrameEncoder> make_encoder(const FrameShape& shape,
                                                               std::shared_ptr<const Model> model,
                                                               std::shared_ptr<const Fallback> fallback);
[[nodiscard]] std::unique_ptr<const FrameDecoder> make_decoder(const FrameShape& shape,
                                                               std::shared_ptr<const Model> model,
                                                               std::shared_ptr<const Fallback> fallback);

/// For the registry. Throw Error{unsupported} for pixels that are no integers.
[[nodiscard]] std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                                  const CodecOptions& options, const Samples& samples);
[[nodiscard]] std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape& shape);
inline constexpr std::uint16_t chunk_version = 1;
extern const ModelRow model_row;
[[nodiscard]] std::string_view mode_of(std::span<const std::byte> head);

/// Zstd in the manner of the blosc codecs, its filter that which makes `first_frame` smallest; without one, each frame.
[[nodiscard]] std::shared_ptr<const Fallback> blosc_fallback(PixelType type,
                                                             std::span<const std::byte> first_frame = {});

}  // namespace mrcz::codec::rans
