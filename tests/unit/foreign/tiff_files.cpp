#include "unit/foreign/tiff_files.hpp"

#include <memory>
#include <stdexcept>
#include <type_traits>

namespace mrcz::kit {
namespace {

using File = std::unique_ptr<TIFF, void (*)(TIFF*)>;

File opened(const std::filesystem::path& path, const std::string& mode) {
    File file(TIFFOpen(path.c_str(), mode.c_str()), TIFFClose);
    if (!file) throw std::runtime_error("libtiff cannot write " + path.string());
    return file;
}

void set_shape(TIFF* file, const ImageShape& shape, std::uint16_t samples, std::uint16_t bits) {
    TIFFSetField(file, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(shape.nx));
    TIFFSetField(file, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(shape.ny));
    TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, samples);
    TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(file, TIFFTAG_PHOTOMETRIC, samples == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
}

void require(tmsize_t result) {
    if (result < 0) throw std::runtime_error("libtiff cannot write pixels");
}

/// The pixels of the image from (x, y) on; 0 outside.
template <class T>
std::vector<T> piece(const FloatImage& image, std::int64_t x, std::int64_t y, std::int64_t columns, std::int64_t rows) {
    std::vector<T> pixels;
    for (std::int64_t row = y; row < y + rows; ++row)
        for (std::int64_t column = x; column < x + columns; ++column) {
            const bool is_inside = row < image.shape.ny && column < image.shape.nx;
            pixels.push_back(is_inside
                                 ? static_cast<T>(image.values[static_cast<std::size_t>(row * image.shape.nx + column)])
                                 : T{});
        }
    return pixels;
}

template <class T>
void write_tiles(TIFF* file, const FloatImage& image, std::uint32_t side) {
    TIFFSetField(file, TIFFTAG_TILEWIDTH, side);
    TIFFSetField(file, TIFFTAG_TILELENGTH, side);
    std::uint32_t index = 0;
    for (std::int64_t y = 0; y < image.shape.ny; y += side)
        for (std::int64_t x = 0; x < image.shape.nx; x += side) {
            auto pixels = piece<T>(image, x, y, side, side);
            require(
                TIFFWriteEncodedTile(file, index++, pixels.data(), static_cast<tmsize_t>(pixels.size() * sizeof(T))));
        }
}

template <class T>
void write_strips(TIFF* file, const FloatImage& image, std::uint32_t rows) {
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, rows);
    std::uint32_t index = 0;
    for (std::int64_t y = 0; y < image.shape.ny; y += rows) {
        auto pixels = piece<T>(image, 0, y, image.shape.nx, std::min<std::int64_t>(rows, image.shape.ny - y));
        require(TIFFWriteEncodedStrip(file, index++, pixels.data(), static_cast<tmsize_t>(pixels.size() * sizeof(T))));
    }
}

}  // namespace

template <class T>
void write_tiff(const std::filesystem::path& path, const FloatImage& image, const TiffLayout& layout) {
    const File file = opened(path, layout.mode);
    set_shape(file.get(), image.shape, 1, 8 * sizeof(T));
    TIFFSetField(file.get(), TIFFTAG_SAMPLEFORMAT,
                 std::is_floating_point_v<T> ? SAMPLEFORMAT_IEEEFP
                 : std::is_signed_v<T>       ? SAMPLEFORMAT_INT
                                             : SAMPLEFORMAT_UINT);
    TIFFSetField(file.get(), TIFFTAG_COMPRESSION, layout.compression);
    TIFFSetField(file.get(), TIFFTAG_ORIENTATION, layout.orientation);
    if (layout.tile_side > 0)
        write_tiles<T>(file.get(), image, layout.tile_side);
    else
        write_strips<T>(file.get(), image, layout.rows_per_strip);
}

template void write_tiff<std::uint8_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<std::int8_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<std::uint16_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<std::int16_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<std::uint32_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<std::int32_t>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<float>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);
template void write_tiff<double>(const std::filesystem::path&, const FloatImage&, const TiffLayout&);

void write_odd_tiff(const std::filesystem::path& path, std::uint16_t samples, std::uint16_t bits) {
    const File file = opened(path, "wl");
    set_shape(file.get(), {16, 4}, samples, bits);
    TIFFSetField(file.get(), TIFFTAG_ROWSPERSTRIP, std::uint32_t{4});
    std::vector<std::uint8_t> zeros(static_cast<std::size_t>(TIFFStripSize(file.get())));
    require(TIFFWriteEncodedStrip(file.get(), 0, zeros.data(), static_cast<tmsize_t>(zeros.size())));
}

}  // namespace mrcz::kit
