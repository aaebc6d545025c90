// What verify() looks at within a file, whatever lies beside it.
#pragma once

#include "container/mrc_file.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

/// Throws as verify() does.
[[nodiscard]] VerifyResult verify_file(const container::MrcFile& file, const RunContext& context,
                                       const VerifyOptions& options = {});

}  // namespace mrcz::jobs
