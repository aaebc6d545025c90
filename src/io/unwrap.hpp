// The wrappers people put around whole MRC files: one row each, recognised by their first bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "io/byte_stream.hpp"

namespace mrcz::io {

inline constexpr std::size_t wrapper_magic_bytes = 4;

using Unwrap = std::unique_ptr<ByteStream> (*)(std::unique_ptr<ByteStream> wrapped);

/// What takes the wrapper off a stream that begins with `magic`, or null when there is none.
[[nodiscard]] Unwrap wrapper_of(std::span<const std::byte> magic) noexcept;

[[nodiscard]] std::unique_ptr<ByteStream> unwrap_gzip(std::unique_ptr<ByteStream> wrapped);
[[nodiscard]] std::unique_ptr<ByteStream> unwrap_bzip2(std::unique_ptr<ByteStream> wrapped);
[[nodiscard]] std::unique_ptr<ByteStream> unwrap_zstd(std::unique_ptr<ByteStream> wrapped);

}  // namespace mrcz::io
