#include "base/buffer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace mrcz {
namespace {

TEST(Buffer, HoldsAsManyBytesAsAskedAndKeepsThemWhileItDoesNotGrow) {
    Buffer buffer;
    for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{4} << 20, (std::size_t{4} << 20) + 1,
                                   (std::size_t{9} << 20) - 1}) {
        const auto bytes = buffer.first(size);
        ASSERT_EQ(bytes.size(), size);
        std::memset(bytes.data(), 0x5a, size);
        EXPECT_EQ(buffer.first(1).data(), bytes.data());
        EXPECT_EQ(buffer.first(size).back(), std::byte{0x5a});
    }
}

TEST(Buffer, MovesWithWhatItHolds) {
    Buffer from;
    const auto bytes = from.first(std::size_t{5} << 20);
    bytes.front() = std::byte{7};
    Buffer to = std::move(from);
    EXPECT_EQ(to.first(1).data(), bytes.data());
    EXPECT_EQ(to.first(1).front(), std::byte{7});
}

TEST(Buffer, MoreThanThereIsIsBadAllocAndLeavesItUsable) {
    Buffer buffer;
    for (const std::size_t size : {SIZE_MAX, SIZE_MAX / 2}) EXPECT_THROW((void)buffer.first(size), std::bad_alloc);
    EXPECT_EQ(buffer.first(3).size(), 3u);
}

}  // namespace
}  // namespace mrcz
