// The caller's word on the sign of MODE 0.
#pragma once

#include "header/layout.hpp"
#include "mrcz/mode0.hpp"

namespace mrcz::header {

/// Changes the pixel type of modes 0 and 5, and remembers in the layout that somebody chose it.
void read_mode0_as(Layout& layout, Mode0 choice) noexcept;

/// Whether the pixel type is other than the header itself says, so that statistics in the file are of other numbers.
[[nodiscard]] bool mode0_is_contradicted(const Layout& layout) noexcept;

/// Makes the choice of `layout`, if there is one, what every reader finds in `header`: IMOD's stamp and flag. DMIN and
/// DMAX alone would do, until a program writes other ones.
void declare_mode0(Header& header, const Layout& layout) noexcept;
void declare_sign(Header& header, bool is_signed) noexcept;

}  // namespace mrcz::header
