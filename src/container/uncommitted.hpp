// Frames behind those that the header counts.
#pragma once

#include "container/mrc_file.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::container {

/// The file as if its header counted every whole frame that follows the data and decodes as well.
[[nodiscard]] std::unique_ptr<MrcFile> with_uncommitted(const MrcFile& file, std::unique_ptr<ByteSource> source,
                                                        const RunContext& context);

/// Throws Error{truncated} that tells how to keep or drop `frames` uncommitted frames, unless there are none.
void refuse_to_drop(std::int64_t frames);

}  // namespace mrcz::container
