#include "container/original.hpp"

#include <gtest/gtest.h>

#include "kit/damage.hpp"
#include "kit/images.hpp"

namespace mrcz::container {
namespace {

Original an_original(std::size_t trailing_bytes) {
    Original original;
    const Bytes header = kit::make_noise(Header::bytes_on_disk);
    std::copy(header.begin(), header.end(), original.header.begin());
    original.data_offset = 1024 + 77;
    original.data_bytes = 123'456;
    original.file_bytes = original.data_offset + original.data_bytes + trailing_bytes;
    original.trailing = kit::make_noise(trailing_bytes, 2);
    const Bytes hash = kit::make_noise(original.hash.size(), 3);
    std::copy(hash.begin(), hash.end(), original.hash.begin());
    original.order = ByteOrder::big;
    return original;
}

TEST(Original, StandsAtItsDocumentedOffsets) {
    const Original original = an_original(5);
    const Bytes payload = write_original(original);
    ASSERT_EQ(payload.size(), 1024U + 4 * 8 + 5 + 16 + 4);
    EXPECT_TRUE(std::equal(original.header.begin(), original.header.end(), payload.begin()));
    EXPECT_EQ(load_le<std::uint64_t>(&payload[1024]), original.data_offset);
    EXPECT_EQ(load_le<std::uint64_t>(&payload[1032]), original.data_bytes);
    EXPECT_EQ(load_le<std::uint64_t>(&payload[1040]), original.file_bytes);
    EXPECT_EQ(load_le<std::uint64_t>(&payload[1048]), 5U);
    EXPECT_TRUE(std::equal(original.trailing.begin(), original.trailing.end(), &payload[1056]));
    EXPECT_TRUE(std::equal(original.hash.begin(), original.hash.end(), &payload[1061]));
    EXPECT_EQ(load_le<std::uint32_t>(&payload[1077]), 1U);
}

TEST(Original, ReadsBack) {
    for (const std::size_t trailing : {0, 1, 1000}) {
        const Original original = an_original(trailing);
        const Original back = parse_original(write_original(original));
        EXPECT_EQ(back.header, original.header);
        EXPECT_EQ(back.data_offset, original.data_offset);
        EXPECT_EQ(back.data_bytes, original.data_bytes);
        EXPECT_EQ(back.file_bytes, original.file_bytes);
        EXPECT_EQ(back.trailing, original.trailing);
        EXPECT_EQ(back.hash, original.hash);
        EXPECT_EQ(back.order, original.order);
    }
}

TEST(Original, TruncatedAtAnyLengthIsAnError) {
    const Bytes payload = write_original(an_original(9));
    for (std::size_t length = 0; length < payload.size(); ++length) {
        const Error error = kit::error_of([&] { (void)parse_original(kit::truncated(payload, length)); });
        EXPECT_EQ(error.code(), ErrorCode::truncated) << length;
        EXPECT_NE(error.message().find("section ORIG"), std::string::npos) << error.message();
    }
}

TEST(Original, TrailingSizesBeyondItAreTruncated) {
    Bytes payload = write_original(an_original(9));
    for (const std::uint64_t size : {std::uint64_t{30}, std::uint64_t{1} << 33, ~std::uint64_t{0}}) {
        store_le(&payload[1048], size);
        EXPECT_EQ(kit::error_of([&] { (void)parse_original(payload); }).code(), ErrorCode::truncated) << size;
    }
}

TEST(Original, ByteOrderThatIsNoneIsCorrupt) {
    Bytes payload = write_original(an_original(9));
    for (const std::uint32_t order : {2U, 0xffffffffU}) {
        store_le(&payload[payload.size() - 4], order);
        EXPECT_EQ(kit::error_of([&] { (void)parse_original(payload); }).code(), ErrorCode::corrupt) << order;
    }
}

}  // namespace
}  // namespace mrcz::container
