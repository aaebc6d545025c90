// Mode 0 whose bytes hold two 4-bit pixels each: NX is then half the columns there are.
#pragma once

#include "mrcz/header.hpp"

namespace mrcz::header {

/// IMOD's rule (libiimod, mrcfiles.c): its own flag where its stamp stands; else a single label that says so, and the
/// size of a K2's or K3's super-resolution frame with X halved. Labels of MRCZ programs do not count.
[[nodiscard]] bool bytes_hold_two_pixels(const Header& header) noexcept;

}  // namespace mrcz::header
