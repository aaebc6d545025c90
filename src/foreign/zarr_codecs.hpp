// The codecs of Zarr chunks that are undone here.
#pragma once

#include <span>
#include <vector>

#include "foreign/zarr_description.hpp"

namespace mrcz::foreign {

/// Throws Error{unsupported} naming a codec that is not known here, and those that are.
void require_known(const std::vector<ZarrCodec>& codecs);

/// The bytes of a chunk, `bytes` of them. Throws Error{corrupt, truncated}.
[[nodiscard]] Bytes undo_codecs(const std::vector<ZarrCodec>& codecs, Bytes stored, std::uint64_t bytes);

}  // namespace mrcz::foreign
