// The bytes of an original file, recomputed from its compressed form and proven against its hash.
#pragma once

#include <functional>

#include "container/mrc_file.hpp"
#include "container/original.hpp"
#include "jobs/frame_stream.hpp"

namespace mrcz::jobs {

/// Hands the original's bytes to `write` piece by piece, in order; `each_frame` sees every frame after it was written.
/// Throws Error{corrupt} at the end when they do not match the original's hash. With `damaged`, called of each frame
/// that cannot be read, the other frames are gone through all the same; of such a file the hash says nothing.
void restore_original(const container::MrcFile& file, const container::Original& original,
                      const std::function<void(std::span<const std::byte>)>& write,
                      const std::function<void(const StreamedFrame&)>& each_frame, const RunContext& context,
                      const std::function<void(std::int64_t frame, const Error& why)>& damaged = {});

}  // namespace mrcz::jobs
