// Which cell axes a file's columns, rows and sections run along.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "mrcz/header.hpp"

namespace mrcz::header {

/// MAPC, MAPR, MAPS: 1 X, 2 Y, 3 Z.
[[nodiscard]] inline std::array<std::int64_t, 3> axes_of(const Header& header) noexcept {
    return {header.integer(HeaderField::mapc), header.integer(HeaderField::mapr), header.integer(HeaderField::maps)};
}

/// Whether each of the three axes occurs once; 1, 2, 3 is assumed of a file where it does not.
[[nodiscard]] inline bool are_an_order(std::array<std::int64_t, 3> axes) noexcept {
    std::ranges::sort(axes);
    return axes == std::array<std::int64_t, 3>{1, 2, 3};
}

/// IMOD writes MAPR = -2 when the rows run downwards.
[[nodiscard]] inline bool is_y_inverted(const Header& header) noexcept {
    return axes_of(header) == std::array<std::int64_t, 3>{1, -2, 3};
}

/// Whether CELLA may be taken for a length in Angstrom. Some programs write other things: 0, -1, 10^20.
[[nodiscard]] inline bool is_cell_edge(float edge) noexcept { return edge >= 0 && edge < 1e12F; }

/// How many voxels CELLA spans along X, Y and Z: M, or N where that is meant. 0 where neither is known.
[[nodiscard]] std::array<std::int64_t, 3> voxels_along_cell(const Header& header) noexcept;

/// Header::voxel_angstrom() with whatever CELLA says, as long as it is a number.
[[nodiscard]] std::array<double, 3> voxel_as_written(const Header& header) noexcept;

}  // namespace mrcz::header
