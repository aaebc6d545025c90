// The last bytes of a compressed file: offset and size of every chunk, then a CRC32C. Byte for byte the index of a Zarr
// v3 shard, so that a file is one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::container {

struct ChunkRange {
    std::uint64_t offset = 0;  ///< from the start of the file
    std::uint64_t bytes = 0;
};

inline constexpr std::size_t index_entry_bytes = 16;
inline constexpr std::size_t index_crc_bytes = 4;

[[nodiscard]] constexpr std::uint64_t index_bytes(std::uint64_t chunks) noexcept {
    return index_entry_bytes * chunks + index_crc_bytes;
}

/// Adds the CRC to entries that were appended by append_entry().
void seal_index(Bytes& index);
void append_entry(Bytes& index, const ChunkRange& range);

/// The index at the end of `source`, if its CRC holds and its ranges rise within [data_offset, data_end).
[[nodiscard]] std::optional<std::vector<ChunkRange>> read_index(const ByteSource& source, std::uint64_t chunks,
                                                                std::uint64_t data_offset, std::uint64_t data_end);

}  // namespace mrcz::container
