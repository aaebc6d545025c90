// Minimum, maximum, mean and standard deviation of a frame, as stored in the footer section FSTA.
#pragma once

#include <cstdint>
#include <span>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// Over the pixels that are not NaN; with one, headers of plain files state none: see stated_statistics(). All four are
/// NaN when there is no such pixel, and for complex and colour pixels.
struct FrameStatistics {
    double minimum = 0;
    double maximum = 0;
    double mean = 0;
    double standard_deviation = 0;  ///< of the population: sqrt(mean((x - mean)^2))
    std::uint64_t nan_count = 0;

    friend bool operator==(const FrameStatistics&, const FrameStatistics&) = default;
};

/// The statistics of all frames together, each of them `pixels_per_frame` pixels.
[[nodiscard]] FrameStatistics combined(std::span<const FrameStatistics> frames, std::uint64_t pixels_per_frame);

}  // namespace mrcz
