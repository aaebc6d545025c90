// The order in which the movies of a session were taken.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace mrcz::jobs {

struct TimedMovie {
    std::filesystem::path path;
    std::optional<double> seconds;  ///< of acquisition, where the file says so
};

/// By time where every movie has one, of equal times and else by name. Returns whether it was by time.
bool sort_session(std::vector<TimedMovie>& movies);

/// Runs of digits count as numbers: `m9` comes before `m10`.
[[nodiscard]] bool is_before_by_nature(std::string_view one, std::string_view other);

}  // namespace mrcz::jobs
