#include <gtest/gtest.h>

#include <random>

#include "base/bytes.hpp"
#include "unit/simd/levels.hpp"

namespace mrcz::simd {
namespace {

std::vector<simd::Run> obvious_runs(const Bytes& bytes) {
    std::vector<simd::Run> runs;
    std::size_t literals_from = 0;
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        std::size_t end = at;
        while (end < bytes.size() && bytes[end] == bytes[end - 1]) ++end;
        if (end - at >= least_run) {
            runs.push_back({static_cast<std::uint32_t>(at - literals_from), static_cast<std::uint32_t>(end - at)});
            literals_from = end;
        }
        at = std::max(at, end);
    }
    return runs;
}

std::vector<simd::Run> found_runs(const Kernels& kernels, const Bytes& bytes) {
    std::vector<simd::Run> runs(bytes.size() / least_run + 1);
    const std::size_t count = kernels.find_runs(bytes, runs);
    runs.resize(count);
    return runs;
}

Bytes bytes_with_runs(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    Bytes bytes;
    while (bytes.size() < size) {
        const std::size_t length = random() % 3 == 0 ? random() % 150 : random() % 11;
        bytes.insert(bytes.end(), length, static_cast<std::byte>(random() % 4));
    }
    bytes.resize(size);
    return bytes;
}

bool same(const std::vector<simd::Run>& a, const std::vector<simd::Run>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const simd::Run& x, const simd::Run& y) {
        return x.literals == y.literals && x.length == y.length;
    });
}

TEST(FindRuns, EveryLevelFindsTheObviousRuns) {
    for (const Level level : levels())
        for (std::uint32_t seed = 0; seed < 300; ++seed) {
            const Bytes bytes = bytes_with_runs(seed * 3, seed);
            ASSERT_TRUE(same(found_runs(kernels(level), bytes), obvious_runs(bytes)))
                << kernels(level).name << ", seed " << seed;
        }
}

TEST(FindRuns, OneValueIsOneRun) {
    for (const Level level : levels()) {
        const auto runs = found_runs(kernels(level), Bytes(100000, std::byte{7}));
        ASSERT_EQ(runs.size(), 1U);
        EXPECT_EQ(runs[0].literals, 1U);
        EXPECT_EQ(runs[0].length, 99999U);
    }
}

TEST(FindRuns, WritesNoMoreThanThereIsRoomFor) {
    const Bytes bytes = bytes_with_runs(5000, 1);
    for (const Level level : levels()) {
        std::vector<simd::Run> room(2);
        EXPECT_EQ(kernels(level).find_runs(bytes, room), obvious_runs(bytes).size());
    }
}

}  // namespace
}  // namespace mrcz::simd
