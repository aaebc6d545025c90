// An image cut into bands of rows that are worked on side by side.
#pragma once

#include <cstdint>
#include <functional>

#include "mrcz/run_context.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {

/// Rows first … end - 1; `index` counts the bands from 0.
struct RowBand {
    std::int64_t index = 0, first = 0, end = 0;
};

/// How many bands an image has: by its shape alone, so that what is gathered band by band does not depend on threads.
[[nodiscard]] std::int64_t row_bands(const ImageShape& shape) noexcept;

/// Runs `body` on every band, on the context's threads. Cancelling waits for the end: no image is left half done.
void run_row_bands(const ImageShape& shape, const std::function<void(const RowBand&)>& body, const RunContext& context);

}  // namespace mrcz
