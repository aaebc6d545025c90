// How a frame is cut into blocks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mrcz::codec::blosc {

inline constexpr std::uint64_t default_block_bytes = std::uint64_t{1} << 20;

/// `wanted` (0: the default) as a whole number of pixels. With the default, up to an eighth smaller where that leaves a
/// smaller last block: a last block whose pixels are no multiple of eight cannot be bitshuffled.
[[nodiscard]] std::size_t choose_block_bytes(std::uint64_t frame_bytes, std::size_t pixel_bytes, std::uint64_t wanted);

}  // namespace mrcz::codec::blosc
