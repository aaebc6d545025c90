// What a journal says to do with a file whose growing was interrupted.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "io/file_system.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::container {

enum class RecoveryStep {
    none,            ///< there is no journal
    forget_journal,  ///< the file is whole; its journal was not completed, or not removed
    roll_back,       ///< no frame was committed: the file becomes what it was
    finish,          ///< frames were committed: the file gets footer and index
    undecided,       ///< whole frames stand behind the last commit, and nobody said what becomes of them
};

struct Recovery {
    RecoveryStep step = RecoveryStep::none;
    std::int64_t frames = 0;          ///< of the file afterwards
    std::uint64_t bytes_dropped = 0;  ///< written, but of no frame that is kept
    std::int64_t uncommitted = 0;     ///< undecided: whole frames behind the last commit
    /// roll_back: the first of the frames that were being replaced; all are again what they were.
    std::optional<std::int64_t> replaced_from = std::nullopt;
};

/// What becomes of whole frames behind the last commit. After a kill they are what was written; after a power failure
/// they may be anything that decodes.
enum class Uncommitted {
    leave,  ///< the file stays as it is while there are any
    keep,
    drop,
};

struct RecoveryOptions {
    bool dry_run = false;  ///< says what would be done, and changes nothing
    Uncommitted uncommitted = Uncommitted::leave;
    Limits limits;
};

/// `file` is `path`, locked. Changes nothing and throws Error{invalid_argument} where the journal does not fit the
/// file, Error{corrupt} where a committed frame is damaged.
Recovery recover(io::FileSystem& system, const std::filesystem::path& path,
                 const std::shared_ptr<io::ChangeableFile>& file, const RecoveryOptions& options,
                 const RunContext& context);

}  // namespace mrcz::container
