// Compiled for speed: see room.cmake.
#include "base/fail.hpp"
#include "mrcz/gain.hpp"

namespace mrcz {
namespace {

void subtract(float* __restrict frame, const float* __restrict dark, std::size_t count) {
    for (std::size_t pixel = 0; pixel < count; ++pixel) frame[pixel] -= dark[pixel];
}

void multiply(float* __restrict frame, const float* __restrict factors, std::size_t count) {
    for (std::size_t pixel = 0; pixel < count; ++pixel) frame[pixel] *= factors[pixel];
}

void subtract_and_multiply(float* __restrict frame, const float* __restrict dark, const float* __restrict factors,
                           std::size_t count) {
    for (std::size_t pixel = 0; pixel < count; ++pixel) frame[pixel] = (frame[pixel] - dark[pixel]) * factors[pixel];
}

const float* checked(const FloatImage& image, std::size_t pixels, std::string_view what) {
    if (image.values.size() != pixels)
        fail(ErrorCode::invalid_argument, what, " of ", image.values.size(), " pixels, frame of ", pixels);
    return image.values.data();
}

}  // namespace

void apply_gain(std::span<float> frame, const FloatImage* dark, const GainReference* gain) {
    const float* offsets = dark ? checked(*dark, frame.size(), "dark reference") : nullptr;
    const float* factors = gain ? checked(gain->factors, frame.size(), "gain reference") : nullptr;
    if (offsets && factors)
        subtract_and_multiply(frame.data(), offsets, factors, frame.size());
    else if (offsets)
        subtract(frame.data(), offsets, frame.size());
    else if (factors)
        multiply(frame.data(), factors, frame.size());
}

}  // namespace mrcz
