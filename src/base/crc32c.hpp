// CRC-32C (Castagnoli), as RFC 3720 and Zarr's `crc32c` codec have it. Table-driven: it guards the chunk index only,
// and no Debian 12 package offers it without a storage-acceleration library behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mrcz {

[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept;

}  // namespace mrcz
