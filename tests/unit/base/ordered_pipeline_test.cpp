#include "base/ordered_pipeline.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <new>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include "base/fail.hpp"
#include "kit/damage.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

constexpr unsigned most_threads = 8;

/// What an Executor may be: promises many threads and runs its tasks one after another.
class SerialExecutor final : public Executor {
  public:
    unsigned concurrency() const noexcept override { return 4; }
    void run_all(std::span<const std::function<void()>> tasks) override {
        for (const auto& task : tasks) task();
    }
};

/// Work whose length differs from item to item, so that items overtake each other.
void dawdle(std::int64_t item) { std::this_thread::sleep_for(std::chrono::microseconds((item * 7919) % 5 * 40)); }

/// Runs `count` items and records what the stages saw; an item in a `fails_in_*` set throws its own number there.
struct Trial {
    std::int64_t count = 50;
    std::set<std::int64_t> fails_in_take, fails_in_work, fails_in_put;
    std::vector<std::int64_t> taken, put;
    std::mutex mutex;
    std::set<std::int64_t> slots_in_use;
    bool slot_was_shared = false;
    std::atomic<int> takers{0}, putters{0};
    std::atomic<bool> stages_overlapped{false};

    static void throw_if_in(const std::set<std::int64_t>& failing, std::int64_t item, const char* stage) {
        if (failing.contains(item)) fail(ErrorCode::corrupt, stage, " of item ", item);
    }

    bool take(std::int64_t item, std::size_t slot) {
        if (++takers != 1) stages_overlapped = true;
        if (item < count) {
            const std::lock_guard lock(mutex);
            taken.push_back(item);
            slot_was_shared = slot_was_shared || !slots_in_use.insert(static_cast<std::int64_t>(slot)).second;
        }
        --takers;
        throw_if_in(fails_in_take, item, "take");
        return item < count;
    }

    void finish(std::int64_t item, std::size_t slot) {
        if (++putters != 1) stages_overlapped = true;
        put.push_back(item);
        {
            const std::lock_guard lock(mutex);
            slots_in_use.erase(static_cast<std::int64_t>(slot));
        }
        --putters;
        throw_if_in(fails_in_put, item, "put");
    }

    void run(const RunContext& context) {
        const PipelineStages stages{
            .take = [this](std::int64_t item, std::size_t slot) { return take(item, slot); },
            .work =
                [this](std::int64_t item, std::size_t) {
                    dawdle(item);
                    throw_if_in(fails_in_work, item, "work");
                },
            .put = [this](std::int64_t item, std::size_t slot) { finish(item, slot); },
        };
        run_ordered(stages, context);
    }
};

std::vector<std::int64_t> first_items(std::int64_t count) {
    std::vector<std::int64_t> items(static_cast<std::size_t>(count));
    std::iota(items.begin(), items.end(), 0);
    return items;
}

/// Calls `trial(context)` without an executor, with 1 … 8 threads and with an executor that has no threads at all.
template <class Work>
void for_every_executor(const Work& work) {
    {
        SCOPED_TRACE("no executor");
        work(RunContext{});
    }
    for (unsigned threads = 1; threads <= most_threads; ++threads) {
        SCOPED_TRACE(testing::Message() << threads << " threads");
        ThreadExecutor executor(threads);
        RunContext context;
        context.executor = &executor;
        work(context);
    }
    SCOPED_TRACE("one task after another");
    SerialExecutor executor;
    RunContext context;
    context.executor = &executor;
    work(context);
}

}  // namespace

TEST(OrderedPipeline, PutsInOrderWhateverTheExecutor) {
    for_every_executor([](const RunContext& context) {
        Trial trial;
        trial.run(context);
        EXPECT_EQ(trial.taken, first_items(50));
        EXPECT_EQ(trial.put, first_items(50));
        EXPECT_FALSE(trial.stages_overlapped);
        EXPECT_FALSE(trial.slot_was_shared);
    });
}

TEST(OrderedPipeline, NoItemsIsNoWork) {
    for_every_executor([](const RunContext& context) {
        Trial trial;
        trial.count = 0;
        trial.run(context);
        EXPECT_TRUE(trial.put.empty());
    });
}

TEST(OrderedPipeline, SlotsStayBelowTheirNumberAndAreNeverShared) {
    for_every_executor([](const RunContext& context) {
        const std::size_t slots = pipeline_slots(context);
        std::vector<std::atomic<std::int64_t>> owner(slots);
        std::atomic<int> wrong{0};
        const PipelineStages stages{
            .take =
                [&](std::int64_t item, std::size_t slot) {
                    if (item == 200) return false;
                    if (slot >= slots || owner[slot].exchange(item + 1) != 0) ++wrong;
                    return true;
                },
            .work =
                [&](std::int64_t item, std::size_t slot) {
                    if (item % 10 == 0) dawdle(item);
                    if (owner[slot] != item + 1) ++wrong;
                },
            .put =
                [&](std::int64_t item, std::size_t slot) {
                    if (owner[slot].exchange(0) != item + 1) ++wrong;
                },
        };
        run_ordered(stages, context);
        EXPECT_EQ(wrong, 0);
    });
}

TEST(OrderedPipeline, SlotsAreHalfAsManyAgainAsThreads) {
    EXPECT_EQ(pipeline_slots(RunContext{}), 1U);
    for (const auto& [threads, slots] : {std::pair{1U, 1U}, {2U, 3U}, {3U, 4U}, {8U, 12U}}) {
        ThreadExecutor executor(threads);
        RunContext context;
        context.executor = &executor;
        EXPECT_EQ(pipeline_slots(context), slots);
    }
}

TEST(OrderedPipeline, FirstFailingItemIsReportedAndItemsBeforeItArePut) {
    for_every_executor([](const RunContext& context) {
        for (int repetition = 0; repetition < 5; ++repetition) {
            Trial trial;
            trial.fails_in_work = {20, 21, 22, 23};
            const Error error = kit::error_of([&] { trial.run(context); });
            EXPECT_EQ(error.message(), "work of item 20");
            EXPECT_EQ(trial.put, first_items(20));
        }
    });
}

TEST(OrderedPipeline, AnEarlierSlowFailureBeatsALaterQuickOne) {
    ThreadExecutor executor(4);
    RunContext context;
    context.executor = &executor;
    std::atomic<bool> later_has_failed{false};
    std::vector<std::int64_t> put;
    const PipelineStages stages{
        .take = [](std::int64_t item, std::size_t) { return item < 10; },
        .work =
            [&](std::int64_t item, std::size_t) {
                if (item == 3) {
                    later_has_failed = true;
                    fail(ErrorCode::corrupt, "item 3");
                }
                if (item != 1) return;
                while (!later_has_failed) std::this_thread::yield();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                fail(ErrorCode::corrupt, "item 1");
            },
        .put = [&](std::int64_t item, std::size_t) { put.push_back(item); },
    };
    EXPECT_EQ(kit::error_of([&] { run_ordered(stages, context); }).message(), "item 1");
    EXPECT_EQ(put, first_items(1));
}

TEST(OrderedPipeline, WhatTakeThrowsEndsTheRun) {
    for_every_executor([](const RunContext& context) {
        Trial trial;
        trial.fails_in_take = {17};
        const Error error = kit::error_of([&] { trial.run(context); });
        EXPECT_EQ(error.message(), "take of item 17");
        EXPECT_EQ(trial.taken.back(), 17);
        EXPECT_EQ(trial.put, first_items(17));
    });
}

TEST(OrderedPipeline, WhatPutThrowsEndsTheRun) {
    for_every_executor([](const RunContext& context) {
        Trial trial;
        trial.fails_in_put = {9};
        trial.fails_in_work = {11};
        trial.fails_in_take = {12};
        const Error error = kit::error_of([&] { trial.run(context); });
        EXPECT_EQ(error.message(), "put of item 9");
        EXPECT_EQ(trial.put, first_items(10));
    });
}

TEST(OrderedPipeline, TheFirstItemMayFailInEveryStage) {
    for_every_executor([](const RunContext& context) {
        for (auto failing : {&Trial::fails_in_take, &Trial::fails_in_work, &Trial::fails_in_put}) {
            Trial trial;
            trial.*failing = {0};
            EXPECT_EQ(kit::error_of([&] { trial.run(context); }).code(), ErrorCode::corrupt);
            EXPECT_LE(trial.put.size(), 1U);
        }
    });
}

TEST(OrderedPipeline, OtherExceptionsPassThrough) {
    for_every_executor([](const RunContext& context) {
        const PipelineStages stages{
            .take = [](std::int64_t item, std::size_t) { return item < 5; },
            .work = [](std::int64_t, std::size_t) { throw std::bad_alloc(); },
            .put = [](std::int64_t, std::size_t) {},
        };
        EXPECT_THROW(run_ordered(stages, context), std::bad_alloc);
    });
}

TEST(OrderedPipeline, CancellingStopsAtTheNextItem) {
    for_every_executor([](RunContext context) {
        CancelToken cancel;
        context.cancel = &cancel;
        std::vector<std::int64_t> put;
        const PipelineStages stages{
            .take = [](std::int64_t, std::size_t) { return true; },  // never ends by itself
            .work = [](std::int64_t, std::size_t) {},
            .put =
                [&](std::int64_t item, std::size_t) {
                    put.push_back(item);
                    if (item == 10) cancel.cancel();
                },
        };
        EXPECT_EQ(kit::error_of([&] { run_ordered(stages, context); }).code(), ErrorCode::cancelled);
        EXPECT_GE(put.size(), 11U);
        EXPECT_EQ(put, first_items(static_cast<std::int64_t>(put.size())));
    });
}

TEST(OrderedPipeline, CancelledBeforeTheStartDoesNothing) {
    for_every_executor([](RunContext context) {
        CancelToken cancel;
        cancel.cancel();
        context.cancel = &cancel;
        Trial trial;
        EXPECT_EQ(kit::error_of([&] { trial.run(context); }).code(), ErrorCode::cancelled);
        EXPECT_TRUE(trial.taken.empty());
    });
}

TEST(OrderedPipeline, RunsAgainAfterAFailure) {
    ThreadExecutor executor(3);
    RunContext context;
    context.executor = &executor;
    for (int repetition = 0; repetition < 50; ++repetition) {
        Trial failing;
        failing.count = 12;
        failing.fails_in_work = {repetition % 12};
        EXPECT_EQ(kit::error_of([&] { failing.run(context); }).code(), ErrorCode::corrupt);
        Trial fine;
        fine.count = 12;
        fine.run(context);
        EXPECT_EQ(fine.put, first_items(12));
    }
}

TEST(RunParallel, EveryIndexRunsOnce) {
    for_every_executor([](const RunContext& context) {
        for (const std::int64_t count : {0, 1, 3, 100}) {
            std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
            run_parallel(
                count, [&](std::int64_t index) { ++runs[static_cast<std::size_t>(index)]; }, context);
            for (const auto& run : runs) EXPECT_EQ(run, 1);
        }
    });
}

TEST(RunParallel, LowestFailingIndexIsReported) {
    for_every_executor([](const RunContext& context) {
        const auto body = [](std::int64_t index) {
            if (index == 5) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (index >= 5) fail(ErrorCode::corrupt, "index ", index);
        };
        EXPECT_EQ(kit::error_of([&] { run_parallel(40, body, context); }).message(), "index 5");
    });
}

TEST(CheckCancelled, ThrowsOnlyWhenTheTokenSaysSo) {
    RunContext context;
    EXPECT_NO_THROW(check_cancelled(context));
    CancelToken cancel;
    context.cancel = &cancel;
    EXPECT_NO_THROW(check_cancelled(context));
    cancel.cancel();
    EXPECT_EQ(kit::error_of([&] { check_cancelled(context); }).group(), ErrorGroup::interrupted);
}

}  // namespace mrcz
