// A corrected movie on its way into a file.
#pragma once

#include <functional>

#include "container/mrc_file.hpp"
#include "jobs/frame_corrector.hpp"
#include "mrcz/process.hpp"

namespace mrcz::jobs {

struct CorrectedFile {
    const container::MrcFile& file;  ///< the movie, for what goes along with its pixels
    const Reader& reader;            ///< the same
    FrameCorrector& corrector;
    std::function<const std::string&()> step;  ///< for the record of steps; asked for when all frames are done
    const ProcessOptions& options;
};

struct WrittenMovie {
    std::uint64_t bytes = 0;
    std::optional<CorrelationResult> before, after;
};

/// Writes every frame, corrected, and what belongs to them: metadata, extended header, the record of steps. `sink` is
/// the caller's to commit.
[[nodiscard]] WrittenMovie write_corrected(const CorrectedFile& movie, io::ByteSink& sink, const RunContext& context);

}  // namespace mrcz::jobs
