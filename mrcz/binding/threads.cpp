#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>

#include "binding.hpp"
#include "mrcz/error.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz::python {
namespace {

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

}  // namespace

void run_unlocked(unsigned threads, const std::function<void(const RunContext&)>& work) {
    BorrowedPool pool(threads);
    RunContext context;
    context.executor = pool.executor();
    const nb::gil_scoped_release unlocked;
    work(context);
}

}  // namespace mrcz::python
