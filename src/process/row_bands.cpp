#include "process/row_bands.hpp"

#include <algorithm>

#include "base/ordered_pipeline.hpp"

namespace mrcz {
namespace {

// Enough to keep the threads of a large machine busy to the end; smaller ones cost more to hand out than they take.
constexpr std::int64_t most_bands = 128;
constexpr std::int64_t least_band_pixels = 1 << 16;

RowBand band_of(const ImageShape& shape, std::int64_t index, std::int64_t bands) {
    const std::int64_t rows = shape.ny / bands, longer = shape.ny % bands;
    const std::int64_t first = index * rows + std::min(index, longer);
    return {index, first, first + rows + (index < longer ? 1 : 0)};
}

}  // namespace

std::int64_t row_bands(const ImageShape& shape) noexcept {
    if (shape.nx <= 0 || shape.ny <= 0) return 0;
    const std::int64_t rows_a_band = std::max<std::int64_t>(1, least_band_pixels / shape.nx);
    return std::clamp<std::int64_t>(shape.ny / rows_a_band, 1, most_bands);
}

void run_row_bands(const ImageShape& shape, const std::function<void(const RowBand&)>& body,
                   const RunContext& context) {
    const std::int64_t bands = row_bands(shape);
    if (bands == 1) return body(band_of(shape, 0, 1));
    RunContext threads;
    threads.executor = context.executor;
    run_parallel(
        bands, [&](std::int64_t index) { body(band_of(shape, index, bands)); }, threads);
}

}  // namespace mrcz
