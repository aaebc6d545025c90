// Outliers as bytes: what one process found goes to another. No file format: both are of one version.
#pragma once

#include <span>

#include "base/bytes.hpp"
#include "base/cursor.hpp"
#include "mrcz/outliers.hpp"

namespace mrcz::jobs {

/// All but the pixels.
void append_outliers(Bytes& bytes, const Outliers& outliers);
[[nodiscard]] Outliers read_outliers(Cursor& cursor);

void append_pixels(Bytes& bytes, std::span<const OutlierPixel> pixels);
/// Throws Error{corrupt} for pixels that do not lie in an image of `shape`, by rising index.
[[nodiscard]] std::vector<OutlierPixel> read_pixels(Cursor& cursor, const ImageShape& shape);

void append_text(Bytes& bytes, std::string_view text);
[[nodiscard]] std::string read_text(Cursor& cursor, std::string_view field);

}  // namespace mrcz::jobs
