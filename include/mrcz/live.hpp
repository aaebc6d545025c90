// How often a file that grows makes its frames last.
#pragma once

#include <cstdint>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// A commit syncs the frames to the disk, then counts them in the header: what is committed survives any crash. It
/// comes after so many frames or so much time, whichever is first.
struct LiveOptions {
    std::int64_t frames = 32;  ///< at least 1
    double seconds = 1;
};

}  // namespace mrcz
