#include "process/outlier_patches.hpp"

#include <vector>

namespace mrcz {
namespace {

/// Calls body(index) for the pixel and those of the eight around it that are in the image.
template <class Body>
void for_block(const ImageShape& shape, std::uint64_t index, const Body& body) {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape.nx, y = at / shape.nx;
    for (std::int64_t dy = -1; dy <= 1; ++dy) {
        for (std::int64_t dx = -1; dx <= 1; ++dx) {
            const bool is_inside = x + dx >= 0 && x + dx < shape.nx && y + dy >= 0 && y + dy < shape.ny;
            if (is_inside) body(static_cast<std::uint64_t>(at + dy * shape.nx + dx));
        }
    }
}

int count_in_block(const ImageShape& shape, std::span<const PixelKind> kinds, std::uint64_t index, PixelKind kind) {
    int count = 0;
    for_block(shape, index, [&](std::uint64_t other) { count += kinds[other] == kind; });
    return count;
}

bool is_outlier(PixelKind kind) { return kind == PixelKind::hot || kind == PixelKind::dark; }

void spare_from(const ImageShape& shape, std::uint64_t start, std::span<PixelKind> kinds) {
    const PixelKind kind = kinds[start];
    std::vector<std::uint64_t> open{start};
    kinds[start] = PixelKind::spared;
    while (!open.empty()) {
        const std::uint64_t index = open.back();
        open.pop_back();
        for_block(shape, index, [&](std::uint64_t other) {
            if (kinds[other] != kind) return;
            kinds[other] = PixelKind::spared;
            open.push_back(other);
        });
    }
}

}  // namespace

void spare_patches(const ImageShape& shape, std::span<const OutlierPixel> pixels, std::span<PixelKind> kinds) {
    constexpr int whole_block = 9;
    for (const OutlierPixel& pixel : pixels) {
        const PixelKind kind = kinds[pixel.index];
        if (!is_outlier(kind) || count_in_block(shape, kinds, pixel.index, kind) < whole_block) continue;
        spare_from(shape, pixel.index, kinds);
    }
}

bool touches(const ImageShape& shape, std::span<const PixelKind> kinds, std::uint64_t index, PixelKind kind) {
    return count_in_block(shape, kinds, index, kind) > 0;
}

}  // namespace mrcz
