#include "shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "kit/damage.hpp"

namespace mrcz::cli_test {
namespace {

using cli::Shard;

void set_array(const char* task, const char* least, const char* greatest, const char* count) {
    ::setenv("SLURM_ARRAY_TASK_ID", task, 1);
    ::setenv("SLURM_ARRAY_TASK_MIN", least, 1);
    ::setenv("SLURM_ARRAY_TASK_MAX", greatest, 1);
    ::setenv("SLURM_ARRAY_TASK_COUNT", count, 1);
}

ErrorCode code_of(const std::string& text) {
    return kit::error_of([&] { (void)Shard::parse(text); }).code();
}

}  // namespace

TEST(Shard, AllTogetherTakeEveryNameOnce) {
    const std::vector<std::string> names{"d", "a", "c", "e", "b"};
    for (std::size_t count = 1; count < 8; ++count) {
        std::vector<std::string> all;
        for (std::size_t index = 0; index < count; ++index)
            for (const std::string& name : Shard{index, count}.of(names)) all.push_back(name);
        std::ranges::sort(all);
        EXPECT_EQ(all, (std::vector<std::string>{"a", "b", "c", "d", "e"})) << count;
    }
}

TEST(Shard, TakesEveryNthOfTheSortedNames) {
    EXPECT_EQ((Shard{1, 2}.of({"d", "a", "c", "e", "b"})), (std::vector<std::string>{"b", "d"}));
    EXPECT_EQ((Shard{0, 3}.of({"d", "a", "c", "e", "b"})), (std::vector<std::string>{"a", "d"}));
}

TEST(Shard, CountsFromZero) {
    EXPECT_EQ(Shard::parse("0/1").count, 1U);
    EXPECT_EQ(Shard::parse("15/16").index, 15U);
    for (const char* text : {"16/16", "1/1", "1/0", "", "/", "1", "1/", "/2", "a/b", "-1/2", "1/2/3", "1 /2", "slurm2"})
        EXPECT_EQ(code_of(text), ErrorCode::invalid_argument) << text;
}

TEST(Shard, OfAJobArrayWhateverItsNumbersBeginWith) {
    set_array("5", "0", "15", "16");
    EXPECT_EQ(Shard::parse("slurm").index, 5U);
    EXPECT_EQ(Shard::parse("slurm").count, 16U);
    set_array("5", "1", "16", "16");
    EXPECT_EQ(Shard::parse("slurm").index, 4U);
    set_array("5", "1", "9", "3");  // gaps
    EXPECT_EQ(code_of("slurm"), ErrorCode::invalid_argument);
    set_array("many", "1", "9", "9");
    EXPECT_EQ(code_of("slurm"), ErrorCode::invalid_argument);
    for (const char* name : {"ID", "MIN", "MAX", "COUNT"})
        ::unsetenv((std::string("SLURM_ARRAY_TASK_") + name).c_str());
    EXPECT_EQ(code_of("slurm"), ErrorCode::invalid_argument);
}

}  // namespace mrcz::cli_test
