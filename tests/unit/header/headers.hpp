// Headers for tests, set field by field: a clean one, and ways to say what a real file has instead.
#pragma once

#include <string_view>

#include "mrcz/header.hpp"

namespace mrcz::header_test {

/// A stack of 7 int16 images of 64 x 48 pixels, 1.5 Angstrom each, all as MRC2014 wants it.
[[nodiscard]] Header clean_header();

/// `header` with one number changed.
[[nodiscard]] Header with(Header header, HeaderField field, std::int64_t value);
[[nodiscard]] Header with_real(Header header, HeaderField field, float value);
/// `header` with the first bytes of the machine stamp changed and the others zero.
[[nodiscard]] Header with_stamp(Header header, std::string_view stamp);
[[nodiscard]] Header with_axes(Header header, int columns, int rows, int sections);

/// `header` as a big-endian program writes it, stamp 11 11 included.
[[nodiscard]] Header big_endian(Header header);
/// As python-mrcz up to 0.5 writes big-endian files: MODE, MZ, statistics, MRCZ's fields and NLABL stay little-endian.
[[nodiscard]] Header python_big_endian(const Header& header);

/// Of IMOD up to 2.6.19: one wavelength, origin x 20, y 30, z 10, no MAP, no stamp, no RMS.
[[nodiscard]] Header old_imod_header();
[[nodiscard]] Header old_imod_header_big_endian();

}  // namespace mrcz::header_test
