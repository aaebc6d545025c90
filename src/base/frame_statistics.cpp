#include "mrcz/frame_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mrcz {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Frames without a number, and those of types without order, have NaN for a minimum and count for nothing.
double weight(const FrameStatistics& frame, std::uint64_t pixels_per_frame) {
    if (std::isnan(frame.minimum) || frame.nan_count >= pixels_per_frame) return 0;
    return static_cast<double>(pixels_per_frame - frame.nan_count);
}

// Frames of a stack have nearly the same mean: summing distances from one of them keeps the digits.
double combined_mean(std::span<const FrameStatistics> frames, std::uint64_t pixels_per_frame, double total) {
    const auto finite = std::find_if(frames.begin(), frames.end(), [](const auto& f) { return std::isfinite(f.mean); });
    const double pivot = finite == frames.end() ? 0 : finite->mean;
    double sum = 0;
    for (const FrameStatistics& frame : frames) {
        const double pixels = weight(frame, pixels_per_frame);
        if (pixels > 0) sum += pixels * (frame.mean - pivot);
    }
    return pivot + sum / total;
}

// The variance within the frames and that of their means about the common one.
double combined_variance(std::span<const FrameStatistics> frames, std::uint64_t pixels_per_frame, double total,
                         double mean) {
    double sum = 0;
    for (const FrameStatistics& frame : frames) {
        const double pixels = weight(frame, pixels_per_frame);
        const double within = frame.standard_deviation, between = frame.mean - mean;
        if (pixels > 0) sum += pixels * (within * within + between * between);
    }
    return sum / total;
}

}  // namespace

FrameStatistics combined(std::span<const FrameStatistics> frames, std::uint64_t pixels_per_frame) {
    FrameStatistics all{nan, nan, nan, nan, 0};
    double total = 0;
    for (const FrameStatistics& frame : frames) {
        all.nan_count += frame.nan_count;
        total += weight(frame, pixels_per_frame);
        all.minimum = std::fmin(all.minimum, frame.minimum);
        all.maximum = std::fmax(all.maximum, frame.maximum);
    }
    if (total == 0) return {nan, nan, nan, nan, all.nan_count};
    all.mean = combined_mean(frames, pixels_per_frame, total);
    all.standard_deviation = std::sqrt(combined_variance(frames, pixels_per_frame, total, all.mean));
    return all;
}

}  // namespace mrcz
