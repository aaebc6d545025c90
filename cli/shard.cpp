#include "shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "mrcz/error.hpp"

namespace mrcz::cli {
namespace {

std::optional<std::size_t> number_in(std::string_view text) {
    std::size_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

std::size_t from_environment(const char* name) {
    const char* text = std::getenv(name);
    const auto number = number_in(text == nullptr ? "" : text);
    if (!number)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--shard slurm: {} is {}; is this a task of a Slurm job array?", name,
                                text == nullptr ? "not set" : fmt::format("'{}'", text)));
    return *number;
}

/// An array as a whole covers all files, whatever its numbers begin with: --array=0-15 and --array=1-16 alike.
Shard of_job_array() {
    const std::size_t task = from_environment("SLURM_ARRAY_TASK_ID");
    const std::size_t least = from_environment("SLURM_ARRAY_TASK_MIN");
    const std::size_t count = from_environment("SLURM_ARRAY_TASK_COUNT");
    const std::size_t greatest = from_environment("SLURM_ARRAY_TASK_MAX");
    if (task < least || task > greatest || greatest - least + 1 != count)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("--shard slurm: the array's {} tasks from {} to {} leave gaps; say --shard I/N", count,
                                least, greatest));
    return {task - least, count};
}

}  // namespace

Shard Shard::parse(const std::string& text) {
    if (text == "slurm") return of_job_array();
    const std::size_t slash = text.find('/');
    const auto index = number_in(std::string_view(text).substr(0, slash));
    const auto count = slash == std::string::npos ? std::nullopt : number_in(std::string_view(text).substr(slash + 1));
    if (!index || !count || *count == 0)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("shard '{}': expected I/N such as 0/16, or slurm in a job array", text));
    if (*index >= *count)
        throw Error(ErrorCode::invalid_argument,
                    fmt::format("shard {}: shards count from 0, so 0/{} to {}/{}", text, *count, *count - 1, *count));
    return {*index, *count};
}

std::vector<std::string> Shard::of(std::vector<std::string> names) const {
    std::ranges::sort(names);
    std::vector<std::string> taken;
    for (std::size_t i = index; i < names.size(); i += count) taken.push_back(names[i]);
    return taken;
}

}  // namespace mrcz::cli
