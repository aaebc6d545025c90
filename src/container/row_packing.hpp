// Padded or contiguous: how a file's odd rows of 4-bit pixels lie.
#pragma once

#include "header/layout.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::container {

/// Decides it where the header leaves it open: by the decoded size of the first chunk; of a plain file by where a
/// footer stands, else by the file's size, bytes behind the pixels being likelier than bytes missing. Padded where
/// nothing tells.
void settle_packing(header::Layout& layout, const ByteSource& source);

}  // namespace mrcz::container
