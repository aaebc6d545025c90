// How long work is run: on which threads, who is told of its progress, who may stop it. Passed by const reference,
// last.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// Runs tasks side by side. mrcz starts no threads of its own: give it a ThreadExecutor, or one made on your own pool.
class Executor {
  public:
    virtual ~Executor() = default;
    /// How many tasks can make progress at once, at least 1.
    [[nodiscard]] virtual unsigned concurrency() const noexcept = 0;
    /// Runs every task once and returns when all have returned. Tasks do not throw and do not wait for tasks that have
    /// not started, so that running them one after another is correct, too.
    virtual void run_all(std::span<const std::function<void()>> tasks) = 0;
};

/// Set from any thread or signal handler; work stops at the next frame with ErrorCode::cancelled and leaves no half
/// file.
class CancelToken {
  public:
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool is_cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

  private:
    std::atomic<bool> cancelled_{false};
};

struct ProgressUpdate {
    std::int64_t frames_done = 0;
    std::int64_t frames_total = 0;
    std::uint64_t bytes_in = 0;   ///< read so far
    std::uint64_t bytes_out = 0;  ///< written so far
};

/// All members may be left empty: work then runs on the calling thread, silently, to its end.
struct RunContext {
    Executor* executor = nullptr;                         ///< not owned
    std::function<void(const ProgressUpdate&)> progress;  ///< called from one thread at a time, in frame order
    const CancelToken* cancel = nullptr;                  ///< not owned
    std::function<void(std::string_view message)> log;    ///< warnings for people
};

}  // namespace mrcz
