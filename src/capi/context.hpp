// Contexts and cancel tokens of C.
#pragma once

#include <atomic>
#include <memory>

#include "mrcz/mrcz.h"
#include "mrcz/thread_executor.hpp"

struct mrcz_cancel_token {
    mrcz::CancelToken token;
};

struct mrcz_context {
    explicit mrcz_context(unsigned threads) : executor(threads) { run.executor = &executor; }

    mrcz::ThreadExecutor executor;
    mrcz::RunContext run;
    std::atomic<bool> is_busy = false;
};

namespace mrcz::capi {

/// A context while one call uses it. Throws Error{invalid_argument} when another one does.
class ContextUse {
  public:
    explicit ContextUse(mrcz_context* context);
    ~ContextUse();
    ContextUse(const ContextUse&) = delete;
    ContextUse& operator=(const ContextUse&) = delete;

    /// Of a null context: the calling thread, silence.
    [[nodiscard]] const RunContext& get() const noexcept { return context_ == nullptr ? alone_ : context_->run; }

  private:
    mrcz_context* context_;
    RunContext alone_;
};

}  // namespace mrcz::capi
