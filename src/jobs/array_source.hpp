// An array of the caller's own as an array of another container.
#pragma once

#include <memory>

#include "foreign/frame_array.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz::jobs {

/// `source` outlives it. Throws Error{unsupported, limit_exceeded} for a shape that is no stack of frames.
[[nodiscard]] std::unique_ptr<foreign::FrameArray> as_frame_array(ArraySource& source, const Limits& limits);

}  // namespace mrcz::jobs
