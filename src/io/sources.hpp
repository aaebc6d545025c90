// Turning streams into sources.
#pragma once

#include <memory>

#include "io/byte_stream.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::io {

/// The rest of a stream, copied to an anonymous temporary file for random access.
[[nodiscard]] std::unique_ptr<ByteSource> spooled(ByteStream& stream);

/// Opens a file for random access; one wrapped in gzip or bzip2 is unwrapped into a temporary file first.
[[nodiscard]] std::unique_ptr<ByteSource> open_unwrapped_source(const std::filesystem::path& path);

}  // namespace mrcz::io
