// An Executor with threads of its own.
#pragma once

#include <memory>

#include "mrcz/export.h"
#include "mrcz/run_context.hpp"

namespace MRCZ_API mrcz {

/// A pool of `threads - 1` threads; the thread that calls run_all() works, too. One run_all() at a time.
class ThreadExecutor final : public Executor {
  public:
    explicit ThreadExecutor(unsigned threads);
    ~ThreadExecutor() override;
    ThreadExecutor(const ThreadExecutor&) = delete;
    ThreadExecutor& operator=(const ThreadExecutor&) = delete;

    [[nodiscard]] unsigned concurrency() const noexcept override;
    void run_all(std::span<const std::function<void()>> tasks) override;

  private:
    struct Pool;
    std::unique_ptr<Pool> pool_;
};

}  // namespace mrcz
