// What a reader allocates at most on the word of a file. Each bound can be raised or lowered by the caller.
#pragma once

#include <cstdint>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

struct Limits {
    std::uint64_t frame_bytes = std::uint64_t{4} << 30;            ///< one decoded frame
    std::uint64_t extended_header_bytes = std::uint64_t{1} << 30;  ///< NSYMBT
    std::uint64_t metadata_bytes = std::uint64_t{256} << 20;       ///< META and PROV, decompressed
    unsigned metadata_depth = 64;                                  ///< nesting of META and PROV
    std::uint64_t trailing_bytes = std::uint64_t{1} << 30;         ///< kept from behind a source's pixels
};

}  // namespace mrcz
