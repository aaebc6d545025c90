// How much the targets let an input ask for: little, so that many are tried in a second.
#pragma once

#include "mrcz/limits.hpp"

namespace mrcz::fuzz {

inline constexpr Limits small_limits{.frame_bytes = std::uint64_t{1} << 16,
                                     .extended_header_bytes = std::uint64_t{1} << 12,
                                     .metadata_bytes = std::uint64_t{1} << 14,
                                     .metadata_depth = 16,
                                     .trailing_bytes = std::uint64_t{1} << 12};

}  // namespace mrcz::fuzz
