#include "processors.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

/// Version 2: `max 100000` or `150000 100000`, microseconds of each period. "max" is no number, and so no quota.
std::optional<double> quota_v2(const fs::path& group) {
    std::ifstream file(group / "cpu.max");
    double quota = 0;
    double period = 0;
    if (file >> quota >> period && quota > 0 && period > 0) return quota / period;
    return std::nullopt;
}

/// Version 1: two files; -1 is no quota.
std::optional<double> quota_v1(const fs::path& group) {
    double quota = 0;
    double period = 0;
    std::ifstream(group / "cpu.cfs_quota_us") >> quota;
    std::ifstream(group / "cpu.cfs_period_us") >> period;
    if (quota > 0 && period > 0) return quota / period;
    return std::nullopt;
}

/// The least quota of a group and those around it. Inside a container the path may be one of the host, of which only
/// the top is there: groups that are missing say nothing.
std::optional<double> least_quota(const fs::path& hierarchy, fs::path group,
                                  std::optional<double> (*quota_of)(const fs::path&)) {
    std::optional<double> least;
    while (true) {
        const auto quota = quota_of(hierarchy / group.relative_path());
        if (quota && (!least || *quota < *least)) least = quota;
        if (!group.has_relative_path()) return least;
        group = group.parent_path();
    }
}

bool lists_cpu(std::string_view controllers) {
    while (!controllers.empty()) {
        const std::size_t comma = std::min(controllers.find(','), controllers.size());
        if (controllers.substr(0, comma) == "cpu") return true;
        controllers.remove_prefix(std::min(comma + 1, controllers.size()));
    }
    return false;
}

/// A line of /proc/self/cgroup: `0::/path` (version 2) or `4:cpu,cpuacct:/path` (version 1).
std::optional<double> quota_of_line(const fs::path& root, const std::string& line) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', std::min(first, line.size() - 1) + 1);
    if (first == std::string::npos || second == std::string::npos) return std::nullopt;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    const fs::path mounts = root / "sys/fs/cgroup";
    if (controllers.empty()) return least_quota(mounts, group, quota_v2);
    if (!lists_cpu(controllers)) return std::nullopt;
    std::error_code ignored;
    const fs::path mount = fs::is_directory(mounts / controllers, ignored) ? mounts / controllers : mounts / "cpu";
    return least_quota(mount, group, quota_v1);
}

}  // namespace

unsigned processors_of_cgroup(const fs::path& root) {
    std::optional<double> least;
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        if (line.empty()) continue;
        const auto quota = quota_of_line(root, line);
        if (quota && (!least || *quota < *least)) least = quota;
    }
    if (!least) return 0;
    constexpr double most = 1 << 20;
    return static_cast<unsigned>(std::clamp(*least, 1.0, most));
}

unsigned available_processors() {
    unsigned count = std::max(1U, std::thread::hardware_concurrency());
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = static_cast<unsigned>(CPU_COUNT(&allowed));
    if (const unsigned quota = processors_of_cgroup(); quota > 0) count = std::min(count, quota);
    return std::max(1U, count);
}

}  // namespace mrcz::cli
