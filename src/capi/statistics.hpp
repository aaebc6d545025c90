// Statistics as C has them.
#pragma once

#include "mrcz/frame_statistics.hpp"
#include "mrcz/mrcz.h"

namespace mrcz::capi {

[[nodiscard]] inline mrcz_statistics in_c(const FrameStatistics& of) noexcept {
    return {of.minimum, of.maximum, of.mean, of.standard_deviation, of.nan_count};
}

}  // namespace mrcz::capi
