#include "base/buffer.hpp"
#include "kit/sanitizers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <new>

namespace mrcz {

TEST(Buffer, HasTheSizeThatWasAskedFor) {
    Buffer buffer;
    EXPECT_TRUE(buffer.first(0).empty());
    EXPECT_EQ(buffer.first(7).size(), 7U);
    EXPECT_EQ(buffer.first(1000).size(), 1000U);
    EXPECT_EQ(buffer.first(3).size(), 3U);
}

TEST(Buffer, KeepsMemoryAndContentsWhenNotGrowing) {
    Buffer buffer;
    const auto whole = buffer.first(100);
    std::fill(whole.begin(), whole.end(), std::byte{42});
    EXPECT_EQ(buffer.first(10).data(), whole.data());
    const auto again = buffer.first(100);
    EXPECT_EQ(again.data(), whole.data());
    EXPECT_EQ(std::count(again.begin(), again.end(), std::byte{42}), 100);
}

TEST(Buffer, IsUsableAfterAnAllocationThatFailed) {
    if (kit::is_sanitized) GTEST_SKIP() << "sanitizers end the program where an allocation fails";
    Buffer buffer;
    const auto before = buffer.first(16);
    std::fill(before.begin(), before.end(), std::byte{1});
    const volatile std::size_t too_large =  // the compiler must not see through it
        std::numeric_limits<std::size_t>::max() / 2 + 1;
    EXPECT_THROW((void)buffer.first(too_large), std::bad_alloc);
    const auto after = buffer.first(16);
    ASSERT_NE(after.data(), nullptr);
    std::fill(after.begin(), after.end(), std::byte{2});
}

}  // namespace mrcz
