// The formats references come in, one function each; rows are as stored.
#pragma once

#include "mrcz/gain_file.hpp"

namespace mrcz::foreign {

[[nodiscard]] FloatImage read_tiff(const ByteSource& source, const Limits& limits);
[[nodiscard]] FloatImage read_digital_micrograph(const ByteSource& source, const Limits& limits);
[[nodiscard]] FloatImage read_bare_pixels(const ByteSource& source, const BarePixels& pixels, const Limits& limits);

}  // namespace mrcz::foreign
