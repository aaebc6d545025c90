#include "base/checked.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "kit/damage.hpp"

namespace mrcz {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST(Checked, ResultsThatFitAreExact) {
    EXPECT_EQ(checked_mul(0, most, "size"), 0U);
    EXPECT_EQ(checked_mul(1, most, "size"), most);
    EXPECT_EQ(checked_mul(0xffffffff, 0x100000001, "size"), most);
    EXPECT_EQ(checked_add(most, 0, "size"), most);
    EXPECT_EQ(checked_add(most - 5, 5, "size"), most);
}

TEST(Checked, OverflowIsCorruptAndNamesTheSum) {
    const Error product =
        kit::error_of([] { (void)checked_mul(std::uint64_t{1} << 32, std::uint64_t{1} << 32, "area"); });
    EXPECT_EQ(product.code(), ErrorCode::corrupt);
    EXPECT_EQ(product.message(), "area: 4294967296 x 4294967296 overflows");
    const Error sum = kit::error_of([] { (void)checked_add(most, 1, "end"); });
    EXPECT_EQ(sum.code(), ErrorCode::corrupt);
    EXPECT_EQ(sum.message(), "end: 18446744073709551615 + 1 overflows");
}

}  // namespace mrcz
