#include "process/row_bands.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

TEST(RowBands, TakeEveryRowOnce) {
    ThreadExecutor four(4);
    RunContext context;
    context.executor = &four;
    for (const ImageShape& shape : {ImageShape{1, 1}, {4096, 4096}, {3, 1000000}, {1000000, 3}, {517, 1003}}) {
        std::vector<std::atomic<int>> rows(static_cast<std::size_t>(shape.ny));
        std::vector<std::atomic<int>> bands(static_cast<std::size_t>(row_bands(shape)));
        run_row_bands(
            shape,
            [&](const RowBand& band) {
                ++bands[static_cast<std::size_t>(band.index)];
                for (std::int64_t row = band.first; row < band.end; ++row) ++rows[static_cast<std::size_t>(row)];
            },
            context);
        for (const auto& count : rows) ASSERT_EQ(count, 1);
        for (const auto& count : bands) ASSERT_EQ(count, 1);
    }
}

TEST(RowBands, OfNoPixelsAreNone) {
    for (const ImageShape& shape : {ImageShape{0, 0}, {0, 5}, {5, 0}}) {
        EXPECT_EQ(row_bands(shape), 0);
        run_row_bands(shape, [](const RowBand&) { ADD_FAILURE(); }, {});
    }
}

TEST(RowBands, AreNotLeftHalfDoneWhenWorkIsCancelled) {
    CancelToken cancel;
    cancel.cancel();
    RunContext context;
    context.cancel = &cancel;
    std::int64_t rows = 0;
    run_row_bands(
        {4096, 4096}, [&](const RowBand& band) { rows += band.end - band.first; }, context);
    EXPECT_EQ(rows, 4096);
}

}  // namespace
}  // namespace mrcz
