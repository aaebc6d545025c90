// How many processors this process may use.
#pragma once

#include <filesystem>

namespace mrcz::cli {

/// What the CPU quotas of the process's control group and of all groups around it leave, at least 1; 0 where there is
/// none. `root` is the folder that holds /proc and /sys, so that tests can bring their own.
[[nodiscard]] unsigned processors_of_cgroup(const std::filesystem::path& root = "/");

/// What the scheduler gives (affinity) and the control groups leave, at least 1.
[[nodiscard]] unsigned available_processors();

}  // namespace mrcz::cli
