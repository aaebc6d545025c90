// The layout of a file whose pixels were turned into another type.
#pragma once

#include "header/layout.hpp"

namespace mrcz::header {

/// `source` with pixels of `type`: MODE, NVERSION, IMOD's flags and, of bytes that held two pixels each, NX changed to
/// match; statistics unknown; little-endian; 4-bit rows padded. Throws Error{invalid_argument} for a type that MRC
/// has no mode for.
[[nodiscard]] Layout converted_layout(const Layout& source, PixelType type);

}  // namespace mrcz::header
