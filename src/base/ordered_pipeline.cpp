#include "base/ordered_pipeline.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "base/fail.hpp"

namespace mrcz {
namespace {

unsigned concurrency_of(const RunContext& context) noexcept {
    return context.executor == nullptr ? 1 : std::max(1U, context.executor->concurrency());
}

void run_workers(const std::function<void()>& worker, const RunContext& context) {
    if (context.executor == nullptr) return worker();
    const std::vector<std::function<void()>> workers(concurrency_of(context), worker);
    context.executor->run_all(workers);
}

constexpr std::int64_t no_item = -1;

class Pipeline {
  public:
    Pipeline(const PipelineStages& stages, const RunContext& context) : stages_(stages), context_(context) {
        for (std::size_t slot = pipeline_slots(context); slot > 0; --slot) free_slots_.push_back(slot - 1);
        finished_in_.assign(free_slots_.size(), no_item);
    }

    void work_until_done() {
        std::unique_lock lock(mutex_);
        while (wait_for_turn(lock)) {
            const std::int64_t item = next_item_;
            const std::size_t slot = free_slots_.back();
            if (!take(item, slot, lock)) continue;
            if (guarded(item, lock, [&] { stages_.work(item, slot); })) finished_in_[slot] = item;
            put_finished(lock);
        }
    }

    void rethrow_first_error() const {
        if (error_) std::rethrow_exception(error_);
    }

  private:
    using Lock = std::unique_lock<std::mutex>;

    bool ended() const { return exhausted_ || error_; }

    bool wait_for_turn(Lock& lock) {
        changed_.wait(lock, [this] { return ended() || (!taking_ && !free_slots_.empty()); });
        return !ended();
    }

    bool take(std::int64_t item, std::size_t slot, Lock& lock) {
        taking_ = true;
        free_slots_.pop_back();
        bool taken = false;
        const bool fine = guarded(item, lock, [&] {
            check_cancelled(context_);
            taken = stages_.take(item, slot);
        });
        taking_ = false;
        next_item_ = item + 1;
        if (!taken) free_slots_.push_back(slot);
        if (fine && !taken) exhausted_ = true;
        changed_.notify_all();
        return taken;
    }

    /// The slot of the item to put next, when that is finished and no earlier one failed.
    std::vector<std::int64_t>::iterator finished() {
        if (next_put_ >= failed_item_) return finished_in_.end();
        return std::find(finished_in_.begin(), finished_in_.end(), next_put_);
    }

    /// Puts what is next in order, as long as it is finished; one thread at a time does this for all.
    void put_finished(Lock& lock) {
        if (putting_) return;
        putting_ = true;
        for (auto next = finished(); next != finished_in_.end(); next = finished()) {
            const auto slot = static_cast<std::size_t>(next - finished_in_.begin());
            const std::int64_t item = std::exchange(*next, no_item);
            guarded(item, lock, [&] { stages_.put(item, slot); });
            free_slots_.push_back(slot);
            ++next_put_;
            changed_.notify_all();
        }
        putting_ = false;
    }

    /// Runs `stage` without the lock; remembers what it throws if no earlier item has failed.
    template <class Stage>
    bool guarded(std::int64_t item, Lock& lock, const Stage& stage) {
        lock.unlock();
        std::exception_ptr thrown;
        try {
            stage();
        } catch (...) {
            thrown = std::current_exception();
        }
        lock.lock();
        if (thrown && item < failed_item_) {
            failed_item_ = item;
            error_ = thrown;
            changed_.notify_all();
        }
        return !thrown;
    }

    const PipelineStages& stages_;
    const RunContext& context_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> free_slots_;
    std::vector<std::int64_t>
        finished_in_;  ///< by slot: the item worked on but not yet put; nothing is allocated later
    std::int64_t next_item_ = 0;
    std::int64_t next_put_ = 0;
    std::int64_t failed_item_ = std::numeric_limits<std::int64_t>::max();
    std::exception_ptr error_;
    bool taking_ = false;
    bool putting_ = false;
    bool exhausted_ = false;
};

}  // namespace

std::size_t pipeline_slots(const RunContext& context) noexcept {
    return std::max<std::size_t>(1, concurrency_of(context) * std::size_t{3} / 2);
}

void run_ordered(const PipelineStages& stages, const RunContext& context) {
    Pipeline pipeline(stages, context);
    run_workers([&pipeline] { pipeline.work_until_done(); }, context);
    pipeline.rethrow_first_error();
}

void check_cancelled(const RunContext& context) {
    if (context.cancel != nullptr && context.cancel->is_cancelled()) fail(ErrorCode::cancelled, "cancelled");
}

void run_parallel(std::int64_t count, const std::function<void(std::int64_t)>& body, const RunContext& context) {
    RunContext quiet = context;
    quiet.progress = {};
    run_frames(count, body, quiet);
}

void run_frames(std::int64_t count, const std::function<void(std::int64_t)>& body, const RunContext& context) {
    const PipelineStages stages{
        .take = [count](std::int64_t item, std::size_t) { return item < count; },
        .work = [&body](std::int64_t item, std::size_t) { body(item); },
        .put =
            [&](std::int64_t item, std::size_t) {
                if (context.progress) context.progress({item + 1, count, 0, 0});
            },
    };
    run_ordered(stages, context);
}

}  // namespace mrcz
