// Files inside gzip, bzip2 and zstd, as people keep them.
#pragma once

#include "base/bytes.hpp"

namespace mrcz::kit {

[[nodiscard]] Bytes gzipped(std::span<const std::byte> bytes);
[[nodiscard]] Bytes bzipped(std::span<const std::byte> bytes);
/// With a checksum, as the program zstd writes it.
[[nodiscard]] Bytes zstd_wrapped(std::span<const std::byte> bytes);

}  // namespace mrcz::kit
