#include "base/cursor.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/bytes.hpp"
#include "kit/damage.hpp"

namespace mrcz {
namespace {

Bytes numbers() {
    Bytes bytes;
    append_le(bytes, std::uint32_t{7});
    append_le(bytes, std::int16_t{-3});
    append_le(bytes, 1.5);
    return bytes;
}

}  // namespace

TEST(Cursor, ReadsOneNumberAfterTheOther) {
    const Bytes bytes = numbers();
    Cursor cursor(bytes, "footer");
    EXPECT_EQ(cursor.read<std::uint32_t>("count"), 7U);
    EXPECT_EQ(cursor.read<std::int16_t>("flags"), -3);
    EXPECT_EQ(cursor.position(), 6U);
    EXPECT_EQ(cursor.remaining(), 8U);
    EXPECT_EQ(cursor.read<double>("mean"), 1.5);
    EXPECT_EQ(cursor.remaining(), 0U);
    EXPECT_TRUE(cursor.take(0, "nothing").empty());
}

TEST(Cursor, MessageHasNameFieldAndOffsetInTheFile) {
    const Bytes bytes = numbers();
    Cursor cursor(bytes, "footer", 0x1f3c);
    (void)cursor.read<std::uint32_t>("count");
    EXPECT_EQ(cursor.place("sections"), "footer: sections (offset 0x1f40)");
    (void)cursor.take(8, "sections");
    const Error error = kit::error_of([&] { (void)cursor.read<std::uint64_t>("bytes"); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_EQ(error.message(), "footer: bytes (offset 0x1f48): needs 8 bytes, 2 are left");
}

TEST(Cursor, NeverGivesBytesPastTheEnd) {
    const Bytes bytes = numbers();
    for (std::size_t start = 0; start <= bytes.size(); ++start)
        for (const std::uint64_t count :
             {bytes.size() - start, bytes.size() - start + 1, bytes.size() + 1, std::size_t{1} << 32,
              std::numeric_limits<std::size_t>::max() - start, std::numeric_limits<std::size_t>::max()}) {
            Cursor cursor(bytes, "piece");
            (void)cursor.take(start, "before");
            if (count <= bytes.size() - start) {
                EXPECT_EQ(cursor.take(count, "all").size(), count);
            } else {
                EXPECT_EQ(kit::error_of([&] { (void)cursor.take(count, "more"); }).code(), ErrorCode::truncated);
                EXPECT_EQ(cursor.position(), start);
            }
        }
}

TEST(Cursor, AReadThatFailsMovesNothing) {
    const Bytes bytes(3);
    Cursor cursor(bytes, "stub");
    EXPECT_EQ(kit::error_of([&] { (void)cursor.read<std::uint32_t>("word"); }).code(), ErrorCode::truncated);
    EXPECT_EQ(cursor.position(), 0U);
    EXPECT_EQ(cursor.read<std::uint16_t>("half"), 0U);
}

}  // namespace mrcz
