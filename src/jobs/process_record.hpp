// What processing did to a movie, as a step of the record that goes with its pixels.
#pragma once

#include <string>

#include "jobs/references.hpp"
#include "mrcz/process.hpp"

namespace mrcz::jobs {

/// A JSON object. It names no time: the same input gives the same file.
[[nodiscard]] std::string process_step(const ProcessOptions& options, const ReferenceFiles& files,
                                       const References& references, const MovieResult& result);

/// Whether such a step is in the record that a movie has. A record that cannot be read tells of none.
[[nodiscard]] bool is_processed(const Reader& movie);
/// Throws Error{invalid_argument} for those unless options allow them.
void refuse_processed(const Reader& movie, const ProcessOptions& options);

}  // namespace mrcz::jobs
