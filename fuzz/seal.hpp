// Makes the hashes in a damaged file hold again: a fuzzer cannot guess them, and behind them is what it is to reach.
#pragma once

#include "base/bytes.hpp"

namespace mrcz::fuzz {

/// Sets the hashes of the footer that begins at `at`, if one does, as far as its numbers lie within the bytes.
void seal_footer(Bytes& file, std::size_t at);
/// Sets the hashes of the own chunks that stand one behind another from `at` on.
void seal_own_chunks(Bytes& file, std::size_t at);
/// Sets the CRC that ends an index of as many chunks.
void seal_index(Bytes& file, std::uint64_t chunks);

/// Sets those of what ends a file, where it is found: its footer, and the index of as many chunks as its header counts.
void seal_tail(Bytes& file);

}  // namespace mrcz::fuzz
