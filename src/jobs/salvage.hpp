// Making a new file of what is whole in a damaged one.
#pragma once

#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

/// Looks at every frame of `path` and, unless it is a dry run, writes those that are whole to a new file. `result` says
/// what was wrong; the rest of it is filled in.
void salvage(const std::filesystem::path& path, const RepairOptions& options, const RunContext& context,
             RepairResult& result);

}  // namespace mrcz::jobs
