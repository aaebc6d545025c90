// How many threads a run gets, and the context made of them.
#pragma once

#include "mrcz/run_context.hpp"
#include "options.hpp"

namespace mrcz::cli {

/// -T, else MRCZ_THREADS, else SLURM_CPUS_PER_TASK, else available_processors().
[[nodiscard]] unsigned thread_count(const Options& options);

/// Cancelled by SIGINT, SIGTERM and SIGHUP, so that no temporary file stays behind. Another one, seconds later, ends
/// the program at once.
[[nodiscard]] const CancelToken& interruption();

}  // namespace mrcz::cli
