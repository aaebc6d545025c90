#include "mrcz/thread_executor.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mrcz {

struct ThreadExecutor::Pool {
    std::mutex mutex;
    std::condition_variable work_arrived;
    std::condition_variable work_finished;
    std::span<const std::function<void()>> tasks;
    std::size_t next = 0;
    std::size_t running = 0;
    bool stopping = false;
    std::vector<std::thread> threads;

    /// Takes and runs tasks until none is left. The lock is held on entry and on return.
    void drain(std::unique_lock<std::mutex>& lock) {
        while (next < tasks.size()) {
            const auto& task = tasks[next++];
            ++running;
            lock.unlock();
            task();
            lock.lock();
            --running;
        }
        if (running == 0) work_finished.notify_all();
    }

    void serve() {
        std::unique_lock lock(mutex);
        while (true) {
            work_arrived.wait(lock, [this] { return stopping || next < tasks.size(); });
            if (stopping) return;
            drain(lock);
        }
    }
};

ThreadExecutor::ThreadExecutor(unsigned threads) : pool_(std::make_unique<Pool>()) {
    try {
        for (unsigned i = 1; i < threads; ++i) pool_->threads.emplace_back([pool = pool_.get()] { pool->serve(); });
    } catch (const std::exception&) {
        // The system gives no more threads. Fewer are slower, not wrong.
    }
}

ThreadExecutor::~ThreadExecutor() {
    {
        const std::lock_guard lock(pool_->mutex);
        pool_->stopping = true;
    }
    pool_->work_arrived.notify_all();
    for (auto& thread : pool_->threads) thread.join();
}

unsigned ThreadExecutor::concurrency() const noexcept { return static_cast<unsigned>(pool_->threads.size()) + 1; }

void ThreadExecutor::run_all(std::span<const std::function<void()>> tasks) {
    std::unique_lock lock(pool_->mutex);
    pool_->tasks = tasks;
    pool_->next = 0;
    pool_->work_arrived.notify_all();
    pool_->drain(lock);
    pool_->work_finished.wait(lock, [this] { return pool_->running == 0; });
    pool_->tasks = {};
}

}  // namespace mrcz
