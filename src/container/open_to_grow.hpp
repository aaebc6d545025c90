// Opening a finished file to append frames to it.
#pragma once

#include "container/growing_file.hpp"
#include "container/models.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::container {

/// A file that may grow, before it is touched.
struct Growable {
    std::shared_ptr<io::ChangeableFile> file;  ///< locked
    GrowthStart start;
    CodecOptions coding;                 ///< filter and block size of its first chunk
    std::optional<NumberedModel> model;  ///< that new frames are to be coded with
};

/// Locks the file; one whose growing was interrupted is made whole first. Throws what keeps it from growing.
[[nodiscard]] Growable open_to_grow(io::FileSystem& system, const std::filesystem::path& path, const Limits& limits,
                                    const RunContext& context);

}  // namespace mrcz::container
