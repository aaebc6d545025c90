// The fuzz targets, driven without a fuzzer: seeds, then the same few thousand changes of them every time.
#include <gtest/gtest.h>

#include <stdexcept>

#include "mrcz/error.hpp"
#include "mutator.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

constexpr int changes = 20'000;

class FuzzTarget : public testing::TestWithParam<std::string_view> {};

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTarget, testing::ValuesIn([] {
                             std::vector<std::string_view> names;
                             for (const Target& target : targets()) names.push_back(target.name);
                             return names;
                         }()),
                         [](const auto& target) { return std::string(target.param); });

TEST_P(FuzzTarget, FindsItsSeedsValid) {
    const Target& target = target_named(GetParam());
    const auto seeds = target.seeds();
    ASSERT_FALSE(seeds.empty());
    for (std::size_t i = 0; i < seeds.size(); ++i) {
        EXPECT_NO_THROW(target.run(seeds[i])) << "seed " << i;
        EXPECT_LE(seeds[i].size(), target.most_bytes) << "seed " << i;
    }
}

TEST_P(FuzzTarget, CopesWithWhatIsMadeOfThem) {
    const Target& target = target_named(GetParam());
    const auto seeds = target.seeds();
    Mutator mutator(20'181'210);
    for (int i = 0; i < changes; ++i) {
        const Bytes input = mutator.changed(seeds[mutator.below(seeds.size())], seeds[mutator.below(seeds.size())]);
        ASSERT_EQ(complaint(target, input), "") << "change " << i;
    }
}

TEST_P(FuzzTarget, CopesWithNextToNothing) {
    const Target& target = target_named(GetParam());
    for (std::size_t size = 0; size < 40; ++size)
        for (const int value : {0, 1, 255})
            EXPECT_EQ(complaint(target, Bytes(size, static_cast<std::byte>(value))), "") << size << " times " << value;
}

TEST(FuzzComplaint, IsWhateverIsNoDataError) {
    const auto of = [](void (*run)(std::span<const std::byte>)) {
        return complaint({.name = "trial", .run = run, .seeds = nullptr, .most_bytes = 1}, {});
    };
    EXPECT_EQ(of([](std::span<const std::byte>) {}), "");
    EXPECT_EQ(of([](std::span<const std::byte>) { throw Error(ErrorCode::corrupt, "damaged"); }), "");
    EXPECT_EQ(of([](std::span<const std::byte>) { throw Error(ErrorCode::internal, "a bug"); }), "a bug");
    EXPECT_NE(of([](std::span<const std::byte>) { throw Error(ErrorCode::out_of_memory, "too much"); }), "");
    EXPECT_NE(of([](std::span<const std::byte>) { throw std::length_error("vector"); }), "");
}

}  // namespace
}  // namespace mrcz::fuzz
