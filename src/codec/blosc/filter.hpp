// c-blosc's filters on one block, exactly as its decoders undo them.
#pragma once

#include <cstddef>
#include <span>

#include "mrcz/codec.hpp"

namespace mrcz::codec::blosc {

/// Writes the filtered block to `to`, of the same size. Filter::none copies nothing: the block itself is to be used.
void apply_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> block, std::span<std::byte> to);
void undo_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> filtered, std::span<std::byte> to);
/// The same for blocks of c-blosc2, which bitshuffles all groups of eight pixels and leaves only the last few alone.
void undo_blosc2_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> filtered,
                        std::span<std::byte> to);

}  // namespace mrcz::codec::blosc
