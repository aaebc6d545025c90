// usage: look FILE OUT
//
// Tells the shape of an MRC or MRCZ file and the sum of its middle frame, and writes that frame into a small compressed
// file of floats.
#include <cmath>
#include <cstddef>
#include <iostream>
#include <numeric>
#include <span>
#include <vector>

#include <mrcz/convert.hpp>
#include <mrcz/error.hpp>
#include <mrcz/reader.hpp>
#include <mrcz/writer.hpp>

namespace {

std::vector<float> frame_as_floats(const mrcz::Reader& movie, std::int64_t index) {
    std::vector<std::byte> raw(movie.frame_bytes());
    movie.read_frame(index, raw);
    const mrcz::FrameFormat floats{mrcz::PixelType::float32, movie.columns(), movie.rows()};
    std::vector<float> pixels(mrcz::pixel_count(floats));
    mrcz::convert(raw, movie.frame_format(), std::as_writable_bytes(std::span(pixels)), floats, {.round = true});
    return pixels;
}

std::uint64_t write_frame(const char* path, std::span<const float> pixels, const mrcz::Reader& like) {
    mrcz::WriterOptions options;
    options.nx = like.columns();
    options.ny = like.rows();
    options.type = mrcz::PixelType::float32;
    options.voxel_angstrom = like.header().voxel_angstrom();
    mrcz::Writer writer(path, options);
    writer.append(std::as_bytes(pixels));
    return writer.finish();
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: look FILE OUT\n";
        return 2;
    }
    try {
        const mrcz::Reader movie(arguments[1]);
        std::cout << movie.frames() << " frames of " << movie.rows() << " rows and " << movie.columns() << " columns, "
                  << mrcz::info_of(movie.pixel_type()).name << '\n';
        const std::int64_t middle = movie.frames() / 2;
        const std::vector<float> pixels = frame_as_floats(movie, middle);
        const double sum = std::accumulate(pixels.begin(), pixels.end(), 0.0);
        std::cout << "frame " << middle << ": sum " << std::llround(sum) << '\n';
        std::cout << "wrote it: " << write_frame(arguments[2], pixels, movie) << " bytes\n";
    } catch (const mrcz::Error& error) {
        std::cerr << "look: " << error.what() << '\n';
        return static_cast<int>(error.group());
    }
    return 0;
}
