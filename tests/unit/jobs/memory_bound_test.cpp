#include "jobs/memory_bound.hpp"

#include <gtest/gtest.h>

#include "base/ordered_pipeline.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz::jobs {

TEST(MemoryBound, FramesUnderWayStayWithinIt) {
    ThreadExecutor executor(64);
    RunContext context;
    context.executor = &executor;
    for (const std::uint64_t frames : {3U, 4U, 7U, 20U}) {
        const BoundedContext bounded(context, frames * 1000 + 999, 1000);
        EXPECT_LE(pipeline_slots(bounded.get()), frames);
        EXPECT_GT(pipeline_slots(bounded.get()) + 2, frames);
    }
}

TEST(MemoryBound, SmallFramesTakeAllThreadsAndLargeOnesTwo) {
    ThreadExecutor executor(8);
    RunContext context;
    context.executor = &executor;
    EXPECT_EQ(BoundedContext(context, 1'000'000, 10).get().executor->concurrency(), 8U);
    EXPECT_EQ(BoundedContext(context, 1'000'000, 900'000).get().executor->concurrency(), 2U);
    EXPECT_EQ(BoundedContext({}, 1'000'000, 10).get().executor, nullptr);
}

}  // namespace mrcz::jobs
