// When a movie was taken and how long its frames were exposed, as far as the file says so.
#pragma once

#include <optional>
#include <string_view>

#include "mrcz/reader.hpp"

namespace mrcz::jobs {

/// Seconds since 1970 by the clock that wrote it; movies of one session compare.
[[nodiscard]] std::optional<double> acquisition_seconds(const Reader& reader);

/// Exposure of one frame in seconds, positive.
[[nodiscard]] std::optional<double> frame_seconds(const Reader& reader);

/// `2026-11-21T14:48:00.5`, a blank instead of T, a zone behind it or none. Nothing for anything else.
[[nodiscard]] std::optional<double> seconds_of(std::string_view date);

}  // namespace mrcz::jobs
