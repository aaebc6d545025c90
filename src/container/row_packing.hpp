// Padded or contiguous: how a file's odd rows of 4-bit pixels lie.
#pragma once

#include "header/layout.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::container {

/// Whether the halves of bytes behind the rows of a file that may be cut short are empty: zeros, where the pixels
/// beside them are not. False where nothing tells. `padded` is the file's layout read so.
[[nodiscard]] bool has_empty_halves(const header::Layout& padded, const ByteSource& source);

/// Decides it where the header leaves it open: by the decoded size of the first chunk; of a plain file by where a
/// footer stands, else by the file's size, bytes behind contiguous pixels being likelier than bytes missing of padded
/// ones with no empty halves. Padded where nothing tells.
void settle_packing(header::Layout& layout, const ByteSource& source);

}  // namespace mrcz::container
