// A feed whose frames are turned into another pixel type.
#pragma once

#include "jobs/conversion.hpp"
#include "jobs/frame_feed.hpp"

namespace mrcz::jobs {

/// `feed` and `conversion` must outlive it. It hands on no original, as its pixels restore none.
[[nodiscard]] std::unique_ptr<FrameFeed> make_converting_feed(FrameFeed& feed, Conversion& conversion);

}  // namespace mrcz::jobs
