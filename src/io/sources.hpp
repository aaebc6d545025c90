// Turning streams into sources, and back.
#pragma once

#include <memory>

#include "io/byte_stream.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::io {

// Long copies end with Error{cancelled} when `cancel` says so.

/// The rest of a stream, copied to an anonymous temporary file for random access.
[[nodiscard]] std::unique_ptr<ByteSource> spooled(ByteStream& stream, const CancelToken* cancel = nullptr);

/// Opens a file for random access; one wrapped in gzip, bzip2 or zstd is unwrapped into a temporary file first.
[[nodiscard]] std::unique_ptr<ByteSource> open_unwrapped_source(const std::filesystem::path& path,
                                                                const CancelToken* cancel = nullptr);

/// The bytes of `source` from `offset` on; size() counts those before it, too.
[[nodiscard]] std::unique_ptr<ByteStream> stream_of(std::unique_ptr<ByteSource> source, std::uint64_t offset);

}  // namespace mrcz::io
