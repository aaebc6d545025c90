#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "binding.hpp"
#include "mrcz/error.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz::python {
namespace {

using namespace std::chrono_literals;

/// How long Ctrl-C may go unnoticed, and the least time between two reports of progress.
constexpr auto attention = 50ms;

/// Idle pools by their number of threads. An executor runs one job at a time, so it is taken out while it works.
struct Pools {
    std::mutex mutex;
    std::multimap<unsigned, std::unique_ptr<ThreadExecutor>> idle;
    pid_t process = ::getpid();
};

/// Never destroyed: threads may outlive the interpreter's end.
Pools& pools() {
    static auto* all = new Pools;
    return *all;
}

/// The threads of pools made before a fork exist in the parent only.
void forget_after_fork(Pools& all) {
    if (all.process == ::getpid()) return;
    for (auto& [threads, pool] : all.idle) static_cast<void>(pool.release());
    all.idle.clear();
    all.process = ::getpid();
}

class BorrowedPool {
  public:
    explicit BorrowedPool(unsigned threads) : threads_(threads) {
        if (threads_ < 2) return;
        Pools& all = pools();
        const std::lock_guard lock(all.mutex);
        forget_after_fork(all);
        if (auto found = all.idle.find(threads_); found != all.idle.end()) {
            pool_ = std::move(found->second);
            all.idle.erase(found);
        }
    }
    ~BorrowedPool() {
        if (!pool_) return;
        const std::lock_guard lock(pools().mutex);
        pools().idle.emplace(threads_, std::move(pool_));
    }
    BorrowedPool(const BorrowedPool&) = delete;
    BorrowedPool& operator=(const BorrowedPool&) = delete;

    Executor* executor() {
        if (threads_ < 2) return nullptr;
        if (!pool_) pool_ = std::make_unique<ThreadExecutor>(threads_);
        return pool_.get();
    }

  private:
    unsigned threads_;
    std::unique_ptr<ThreadExecutor> pool_;
};

/// Tells a Python callable, but not of each of a million frames.
class Reporter {
  public:
    explicit Reporter(const nb::object& callable) : callable_(callable) {}

    void operator()(const ProgressUpdate& now) {
        const auto time = std::chrono::steady_clock::now();
        if (now.frames_done != now.frames_total && time - told_ < attention) return;
        told_ = time;
        const nb::gil_scoped_acquire locked;
        callable_(now.frames_done, now.frames_total);
    }

  private:
    const nb::object& callable_;
    std::chrono::steady_clock::time_point told_;
};

/// What may stop the work of this thread.
thread_local const CancelToken* token_of_this_thread = nullptr;

class TokenHere {
  public:
    explicit TokenHere(const CancelToken* token) : before_(token_of_this_thread) { token_of_this_thread = token; }
    ~TokenHere() { token_of_this_thread = before_; }
    TokenHere(const TokenHere&) = delete;
    TokenHere& operator=(const TokenHere&) = delete;

  private:
    const CancelToken* before_;
};

/// Threads of a pool that know what may stop their work.
class StoppableExecutor final : public Executor {
  public:
    StoppableExecutor(Executor& pool, const CancelToken& token) : pool_(pool), token_(token) {}

    [[nodiscard]] unsigned concurrency() const noexcept override { return pool_.concurrency(); }
    void run_all(std::span<const std::function<void()>> tasks) override {
        std::vector<std::function<void()>> known;
        known.reserve(tasks.size());
        for (const auto& task : tasks)
            known.emplace_back([&task, this] {
                const TokenHere here(&token_);
                task();
            });
        pool_.run_all(known);
    }

  private:
    Executor& pool_;
    const CancelToken& token_;
};

RunContext context_of(BorrowedPool& pool) {
    RunContext context;
    context.executor = pool.executor();
    return context;
}

/// Python runs handlers of signals in its main thread only.
bool is_main_thread() {
    const nb::object threading = nb::module_::import_("threading");
    return threading.attr("current_thread")().is(nb::object(threading.attr("main_thread")()));
}

/// Work on a thread of its own, so that the calling one is free to hear signals.
class Watched {
  public:
    explicit Watched(const std::function<void()>& work)
        : thread_([this, &work] {
              try {
                  work();
              } catch (...) {
                  thrown_ = std::current_exception();
              }
              const std::lock_guard lock(mutex_);
              ended_ = true;
              changed_.notify_one();
          }) {}
    ~Watched() { thread_.join(); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    bool ends_within(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return ended_; });
    }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false;
    std::exception_ptr thrown_;
    std::thread thread_;
};

/// What a handler raised, once the work has stopped; else what the work threw.
void run_hearing_signals(const std::function<void()>& work, CancelToken& cancel) {
    std::exception_ptr interruption;
    std::optional<Watched> watched;
    watched.emplace(work);
    while (!watched->ends_within(attention)) {
        if (interruption) continue;
        const nb::gil_scoped_acquire locked;
        if (PyErr_CheckSignals() == 0) continue;
        interruption = std::make_exception_ptr(nb::python_error());
        cancel.cancel();
    }
    if (interruption) std::rethrow_exception(interruption);
    watched->rethrow();
}

}  // namespace

void run_unlocked(unsigned threads, const Work& work, const nb::object& progress) {
    BorrowedPool pool(threads);
    RunContext context = context_of(pool);
    CancelToken cancel;
    context.cancel = &cancel;
    std::optional<StoppableExecutor> stoppable;
    if (context.executor != nullptr) context.executor = &stoppable.emplace(*context.executor, cancel);
    if (!progress.is_none())
        context.progress = [report = std::make_shared<Reporter>(progress)](const ProgressUpdate& now) {
            (*report)(now);
        };
    const bool hears_signals = is_main_thread();
    const nb::gil_scoped_release unlocked;
    if (!hears_signals) return work(context);
    run_hearing_signals(
        [&] {
            const TokenHere here(&cancel);
            work(context);
        },
        cancel);
}

bool is_cancelled() { return token_of_this_thread != nullptr && token_of_this_thread->is_cancelled(); }

void run_briefly(unsigned threads, const Work& work) {
    BorrowedPool pool(threads);
    const RunContext context = context_of(pool);
    const nb::gil_scoped_release unlocked;
    work(context);
}

}  // namespace mrcz::python
