// TIFF files as libtiff writes them, in all the ways references come in.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mrcz/float_image.hpp"

namespace mrcz::kit {

struct TiffLayout {
    std::string mode = "wl";  ///< of libtiff: l or b for the byte order, 8 for BigTIFF
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint32_t rows_per_strip = 2;
    std::uint32_t tile_side = 0;  ///< a multiple of 16; 0 for strips
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
};

/// Writes `image` as pixels of type T, row 0 first.
template <class T>
void write_tiff(const std::filesystem::path& path, const FloatImage& image, const TiffLayout& layout = {});

/// Samples of other kinds, all 0, to be refused.
void write_odd_tiff(const std::filesystem::path& path, std::uint16_t samples, std::uint16_t bits);

}  // namespace mrcz::kit
