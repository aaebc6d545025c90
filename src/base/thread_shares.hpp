// How the threads of a context go about frames: one frame each; or, of few frames that have parts, all on one after
// another.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mrcz/run_context.hpp"

namespace mrcz {

class ThreadShares {
  public:
    /// `parts`: of a frame, that run side by side.
    ThreadShares(const RunContext& all, std::int64_t frames, std::size_t parts) : of_frames_(all) {
        if (all.executor == nullptr || parts < 2 || frames >= std::int64_t{all.executor->concurrency()}) return;
        of_parts_ = all.executor;
        of_frames_.executor = nullptr;
    }

    /// Runs the frames.
    [[nodiscard]] const RunContext& of_frames() const noexcept { return of_frames_; }
    /// Runs the parts of each; null: they run one after another.
    [[nodiscard]] Executor* of_parts() const noexcept { return of_parts_; }

  private:
    RunContext of_frames_;
    Executor* of_parts_ = nullptr;
};

}  // namespace mrcz
