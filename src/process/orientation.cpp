#include "process/orientation.hpp"

#include "base/fail.hpp"

namespace mrcz {
namespace process {
namespace {

/// One quarter counter-clockwise with row 0 at the bottom: column x and row y go to column ny - 1 - y and row x.
PixelWalk turned_once(const PixelWalk& walk) {
    return {
        {walk.shape.ny, walk.shape.nx}, walk.first + (walk.shape.ny - 1) * walk.along_y, -walk.along_y, walk.along_x};
}

PixelWalk flipped(const PixelWalk& walk, GainFlip flip) {
    switch (flip) {
        case GainFlip::upside_down:
            return {walk.shape, walk.first + (walk.shape.ny - 1) * walk.along_y, walk.along_x, -walk.along_y};
        case GainFlip::left_right:
            return {walk.shape, walk.first + (walk.shape.nx - 1) * walk.along_x, -walk.along_x, walk.along_y};
        case GainFlip::none:
            break;
    }
    return walk;
}

}  // namespace

PixelWalk walk_of(const ImageShape& stored, const GainOrientation& orientation) {
    if (orientation.quarter_turns < 0 || orientation.quarter_turns > 3)
        fail(ErrorCode::invalid_argument, "gain orientation: ", orientation.quarter_turns,
             " quarter turns, not 0 to 3");
    PixelWalk walk{stored, 0, 1, stored.nx};
    for (int turn = 0; turn < orientation.quarter_turns; ++turn) walk = turned_once(walk);
    return flipped(walk, orientation.flip);
}

}  // namespace process

FloatImage oriented(const FloatImage& image, const GainOrientation& orientation) {
    const process::PixelWalk walk = process::walk_of(image.shape, orientation);
    FloatImage result{walk.shape, std::vector<float>(walk.shape.pixels())};
    float* to = result.values.data();
    for (std::int64_t y = 0; y < walk.shape.ny; ++y)
        for (std::int64_t x = 0; x < walk.shape.nx; ++x)
            *to++ = image.values[static_cast<std::size_t>(walk.first + x * walk.along_x + y * walk.along_y)];
    return result;
}

std::string description_of(const GainOrientation& orientation) {
    std::string text;
    if (orientation.quarter_turns != 0)
        text = concat("turned by ", 90 * orientation.quarter_turns, " degrees counter-clockwise");
    if (orientation.flip != GainFlip::none) {
        if (!text.empty()) text += ", then ";
        text += orientation.flip == GainFlip::upside_down ? "flipped upside down" : "flipped left to right";
    }
    return text.empty() ? "as it is" : text;
}

}  // namespace mrcz
