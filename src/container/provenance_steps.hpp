// PROV of a file that was changed after it was written: one more step in the array.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "container/section.hpp"

namespace mrcz::container {

/// Numbers first … last - 1 of frames.
struct FrameRun {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

/// JSON objects. Like those of other lossless steps they name no time.
[[nodiscard]] std::string append_step(std::string_view codec, std::int64_t frames_before, std::int64_t frames_after);
/// Frames first … last - 1 of a plain file were given other pixels.
[[nodiscard]] std::string replace_step(const FrameRun& frames);
/// `how`: "finished" from its journal, "salvaged" from a damaged file. `kept`: which of the frames before are the
/// frames now. `lost`: ids of sections that are gone.
[[nodiscard]] std::string repair_step(std::string_view how, std::int64_t frames_before,
                                      const std::vector<FrameRun>& kept, const std::vector<std::string>& lost = {});

/// `provenance` (null: none) with `step` behind its others.
[[nodiscard]] Section with_step(const Section* provenance, const std::string& step);

}  // namespace mrcz::container
