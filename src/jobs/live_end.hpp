// The end of frames that were kept as they came.
#pragma once

#include <exception>
#include <filesystem>
#include <string>

#include "container/growth.hpp"

namespace mrcz::jobs {

/// Commits and finishes `output`; `step` goes into its provenance (empty: none). Returns its bytes. `failure`, which
/// stopped the frames (null: nothing did), or what keeps the file from being finished, is thrown; it then also says how
/// many frames are kept, and whether `mrcz repair` has to finish the file.
std::uint64_t end_live(container::Growth& growth, const std::string& step, const std::filesystem::path& output,
                       std::exception_ptr failure);

}  // namespace mrcz::jobs
