#include <gtest/gtest.h>

#include <cmath>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"
#include "mrcz/koma.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

constexpr ImageShape shape{37, 23};

std::vector<SumImage> whole_sums(std::size_t movies) {
    kit::Counts counts(7);
    std::vector<SumImage> sums;
    for (std::size_t i = 0; i < movies; ++i) {
        sums.push_back({shape, 40, counts.frame<std::uint32_t>(shape.pixels(), 40)});
    }
    return sums;
}

std::vector<SumImage> sums_of_fractions(std::size_t movies) {
    kit::Counts counts(8);
    std::vector<SumImage> sums;
    for (std::size_t i = 0; i < movies; ++i) {
        std::vector<double> values(shape.pixels());
        for (double& value : values) value = 1e6 * counts.normal();
        sums.push_back({shape, 40, std::move(values)});
    }
    return sums;
}

SumImage brute_force(const std::vector<SumImage>& sums, const std::vector<std::int64_t>& members) {
    RunningSum total(shape);
    for (const std::int64_t movie : members) total.add(sums[static_cast<std::size_t>(movie)]);
    return total.sum();
}

TEST(RunningSum, AddsAndSubtractsAllTypesOfSums) {
    RunningSum running(shape);
    const SumImage small{shape, 2, std::vector<std::uint32_t>(shape.pixels(), 4'000'000'000)};
    const SumImage large{shape, 3, std::vector<std::int64_t>(shape.pixels(), std::int64_t{1} << 40)};
    const SumImage fractions{shape, 4, std::vector<double>(shape.pixels(), 0.5)};
    running.add(small);
    running.add(small);
    running.add(large);
    EXPECT_EQ(std::get<std::vector<std::int64_t>>(running.sum().values)[5], 8'000'000'000 + (std::int64_t{1} << 40));
    running.add(fractions);
    running.subtract(large);
    EXPECT_EQ(running.frames(), 8);
    EXPECT_EQ(std::get<std::vector<double>>(running.sum().values)[5], 8'000'000'000.5);
}

TEST(RunningSum, OtherShapesAreRejected) {
    RunningSum running(shape);
    EXPECT_THROW(running.add({{23, 37}, 1, std::vector<std::uint32_t>(shape.pixels())}), Error);
}

TEST(RunningSum, DoesNotDependOnThreads) {
    const ImageShape wide{1500, 1500};
    kit::Counts counts(9);
    const SumImage sum{wide, 1, counts.frame<std::uint32_t>(wide.pixels(), 1)};
    ThreadExecutor threads(8);
    RunContext context;
    context.executor = &threads;
    RunningSum one(wide);
    RunningSum eight(wide);
    one.add(sum);
    eight.add(sum, context);
    EXPECT_EQ(one.sum(), eight.sum());
}

TEST(WindowSum, MovedThroughASessionEqualsBruteForceBitForBit) {
    const std::vector<SumImage> sums = whole_sums(60);
    const auto sum_of = [&](std::int64_t movie) -> const SumImage& { return sums[static_cast<std::size_t>(movie)]; };
    for (const std::int64_t radius : {1, 8, 25}) {
        for (const bool is_trailing : {false, true}) {
            KomaOptions options;
            options.radius = radius;
            options.is_trailing = is_trailing;
            WindowSum window(shape);
            for (std::int64_t movie = 0; movie < 60; ++movie) {
                const auto members = koma_window(movie, 60, options);
                EXPECT_EQ(window.move_to(members, sum_of), brute_force(sums, members)) << radius << ' ' << movie;
            }
        }
    }
}

TEST(WindowSum, WorkOfAMovieDoesNotGrowWithTheRadius) {
    const std::vector<SumImage> sums = whole_sums(60);
    int asked = 0;
    const auto sum_of = [&](std::int64_t movie) -> const SumImage& {
        ++asked;
        return sums[static_cast<std::size_t>(movie)];
    };
    WindowSum window(shape);
    (void)window.move_to(koma_window(29, 60, {}), sum_of);
    asked = 0;
    (void)window.move_to(koma_window(30, 60, {}), sum_of);
    EXPECT_EQ(asked, 4);
}

TEST(WindowSum, JumpsAsWellAsItMoves) {
    const std::vector<SumImage> sums = whole_sums(60);
    const auto sum_of = [&](std::int64_t movie) -> const SumImage& { return sums[static_cast<std::size_t>(movie)]; };
    KomaOptions options;
    options.radius = 4;
    WindowSum window(shape);
    for (const std::int64_t movie : {50, 3, 3, 20, 21}) {
        const auto members = koma_window(movie, 60, options);
        EXPECT_EQ(window.move_to(members, sum_of), brute_force(sums, members)) << movie;
    }
    EXPECT_EQ(window.move_to({}, sum_of).frames, 0);
}

TEST(WindowSum, SumsOfFractionsDoNotDrift) {
    const std::vector<SumImage> sums = sums_of_fractions(300);
    const auto sum_of = [&](std::int64_t movie) -> const SumImage& { return sums[static_cast<std::size_t>(movie)]; };
    KomaOptions options;
    options.radius = 3;
    WindowSum window(shape);
    for (std::int64_t movie = 0; movie < 300; ++movie) {
        const auto members = koma_window(movie, 300, options);
        const auto& moved = std::get<std::vector<double>>(window.move_to(members, sum_of).values);
        const auto expected = std::get<std::vector<double>>(brute_force(sums, members).values);
        for (std::size_t i = 0; i < moved.size(); ++i) ASSERT_NEAR(moved[i], expected[i], 1e-6) << movie;
    }
}

TEST(RunningSum, BeyondItsRangeComesBackWhenWhatCameGoes) {
    const SumImage huge{{2, 1}, 1, std::vector<std::int64_t>{INT64_MAX, INT64_MIN}};
    const SumImage small{{2, 1}, 1, std::vector<std::uint32_t>{3, 4}};
    RunningSum running({2, 1});
    running.add(small);
    for (int i = 0; i < 3; ++i) running.add(huge);
    for (int i = 0; i < 3; ++i) running.subtract(huge);
    EXPECT_EQ(std::get<std::vector<std::int64_t>>(running.sum().values), (std::vector<std::int64_t>{3, 4}));
}

}  // namespace
}  // namespace mrcz
