// Chunks that mrcz itself does not write, made of those that it does.
#pragma once

#include "base/bytes.hpp"
#include "mrcz/codec.hpp"

namespace mrcz::kit {

/// What c-blosc2 writes into the second half of its header.
struct Blosc2Extras {
    std::uint8_t filter = 0;        ///< the last of six slots: 1 byte-shuffle, 2 bitshuffle
    std::uint8_t first_filter = 0;  ///< the first of them
    std::uint8_t codec = 0;
    std::uint8_t flags = 0;
};

/// A header of version 5. `flags` without the two bits that announce its second half.
[[nodiscard]] Bytes blosc2_header(std::uint8_t flags, std::uint8_t type_bytes, std::size_t frame_bytes,
                                  std::size_t block_bytes, std::size_t chunk_bytes, const Blosc2Extras& extras = {});

/// The chunk, of version 2 and not split, as c-blosc2 would have written it.
[[nodiscard]] Bytes as_blosc2(const Bytes& chunk);

/// A chunk of version 2, of one block, unfiltered, whose only stream is `stream`, said to be of `format`.
[[nodiscard]] Bytes chunk_around(unsigned format, std::span<const std::byte> stream, std::size_t frame_bytes);

/// `bytes` as a snappy stream of literals alone.
[[nodiscard]] Bytes as_snappy(std::span<const std::byte> bytes);

}  // namespace mrcz::kit
