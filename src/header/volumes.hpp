// Stacks of volumes (MRC2014: ISPG 401 to 630, NZ = volumes x MZ).
#pragma once

#include <cstdint>

#include "mrcz/header.hpp"

namespace mrcz::header {

[[nodiscard]] constexpr bool is_volume_group(std::int64_t space_group) noexcept {
    return space_group >= 1 && space_group <= 230;
}
[[nodiscard]] constexpr bool is_volume_stack_group(std::int64_t space_group) noexcept {
    return space_group >= 401 && space_group <= 630;
}

/// Sections of each volume as the header gives them, whether they divide NZ or not: MZ; in a file of ours whose MZ is 0
/// for python-mrcz's sake, the field that keeps it. 0 when the file is no stack of volumes.
[[nodiscard]] std::int64_t stated_volume_sections(const Header& header) noexcept;

/// The same, but 0 when NZ is no whole number of volumes: it is then read as a stack of images.
[[nodiscard]] std::int64_t volume_sections(const Header& header) noexcept;

}  // namespace mrcz::header
