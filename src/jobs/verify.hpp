// What verify() looks at within a file, whatever lies beside it.
#pragma once

#include "container/mrc_file.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

/// Throws what is wrong first.
[[nodiscard]] VerifyResult verify_file(const container::MrcFile& file, const RunContext& context);

}  // namespace mrcz::jobs
