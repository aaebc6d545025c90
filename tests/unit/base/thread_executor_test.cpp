#include "mrcz/thread_executor.hpp"
#include "kit/sanitizers.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <numeric>
#include <thread>
#include <vector>

namespace mrcz {
namespace {

std::vector<std::function<void()>> counting(std::vector<std::atomic<int>>& runs) {
    std::vector<std::function<void()>> tasks;
    for (std::atomic<int>& count : runs) tasks.emplace_back([&count] { ++count; });
    return tasks;
}

}  // namespace

TEST(ThreadExecutor, ConcurrencyIsTheNumberOfThreads) {
    for (const unsigned threads : {1U, 2U, 5U}) EXPECT_EQ(ThreadExecutor(threads).concurrency(), threads);
    EXPECT_EQ(ThreadExecutor(0).concurrency(), 1U);
}

TEST(ThreadExecutor, EveryTaskRunsOnce) {
    for (unsigned threads = 1; threads <= 8; ++threads) {
        ThreadExecutor executor(threads);
        for (const std::size_t count : {0, 1, 2, 7, 100}) {
            std::vector<std::atomic<int>> runs(count);
            executor.run_all(counting(runs));
            for (const auto& run : runs) EXPECT_EQ(run, 1);
        }
    }
}

TEST(ThreadExecutor, ManyRunsInARowLoseNothing) {
    ThreadExecutor executor(4);
    std::vector<std::atomic<int>> runs(5);
    const auto tasks = counting(runs);
    for (int run = 1; run <= 5000; ++run) {
        executor.run_all(tasks);
        for (const auto& count : runs) ASSERT_EQ(count, run);
    }
}

TEST(ThreadExecutor, TasksRunSideBySide) {
    ThreadExecutor executor(3);
    std::atomic<int> arrived{0};
    const std::function<void()> meets_the_others = [&] {
        ++arrived;
        while (arrived < 3) std::this_thread::yield();
    };
    executor.run_all(std::vector(3, meets_the_others));
    EXPECT_EQ(arrived, 3);
}

TEST(ThreadExecutor, TheCallingThreadWorksToo) {
    const auto caller = std::this_thread::get_id();
    std::thread::id seen;
    ThreadExecutor(1).run_all(std::vector<std::function<void()>>{[&] { seen = std::this_thread::get_id(); }});
    EXPECT_EQ(seen, caller);
}

TEST(ThreadExecutor, MayGoAwayWithoutEverRunning) {
    for (int i = 0; i < 100; ++i) const ThreadExecutor executor(8);
}

TEST(ThreadExecutor, MakesDoWithTheThreadsTheSystemGives) {
    if (kit::is_sanitized) GTEST_SKIP() << "sanitizers need the address space that this test takes away";
    const auto with_little_memory = [] {
        const rlimit limit{std::size_t{1} << 30, std::size_t{1} << 30};
        if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
        ThreadExecutor executor(10000);
        std::vector<std::atomic<int>> runs(1000);
        executor.run_all(counting(runs));
        for (const auto& run : runs)
            if (run != 1) std::_Exit(3);
        std::_Exit(executor.concurrency() < 10000 ? 0 : 4);
    };
    EXPECT_EXIT(with_little_memory(), testing::ExitedWithCode(0), "");
}

}  // namespace mrcz
