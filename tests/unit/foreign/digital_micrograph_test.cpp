#include <gtest/gtest.h>

#include "kit/damage.hpp"
#include "kit/dm_files.hpp"
#include "mrcz/gain_file.hpp"

namespace mrcz {
namespace {

using kit::dm_file;
using kit::dm_image;
using kit::DmFileLayout;
using kit::DmImage;

constexpr ReferenceOptions stored{.rows = RowOrder::as_stored, .bare = {}, .limits = {}};
const std::vector<float> six{1, 2, 3, 4, 5, 6};

FloatImage read(const Bytes& bytes, const ReferenceOptions& options = stored) {
    return read_reference(*make_memory_source(bytes, "gain.dm4"), options);
}

Error error_of_reading(const Bytes& bytes, const ReferenceOptions& options = stored) {
    return kit::error_of([&] { (void)read(bytes, options); });
}

TEST(DigitalMicrographReferences, OfBothVersionsAndByteOrdersHoldTheirValues) {
    for (const unsigned version : {3U, 4U})
        for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
            const Bytes file = dm_file({dm_image<float>(2, 6, 3, 2, {0.5F, 2, 3, 4, 5, -6}, order)}, {version, order});
            const FloatImage image = read(file);
            EXPECT_EQ(image.shape, (ImageShape{3, 2}));
            EXPECT_EQ(image.values, (std::vector<float>{0.5F, 2, 3, 4, 5, -6}));
        }
}

TEST(DigitalMicrographReferences, ComeInEveryRealType) {
    EXPECT_EQ(read(dm_file({dm_image<std::int16_t>(1, 2, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::uint8_t>(6, 10, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::int32_t>(7, 3, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::int8_t>(9, 9, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::uint16_t>(10, 4, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::uint32_t>(11, 5, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<double>(12, 7, 3, 2, six)})).values, six);
    EXPECT_EQ(read(dm_file({dm_image<std::uint8_t>(14, 8, 3, 2, six)})).values, six);
}

TEST(DigitalMicrographReferences, AreTheLargestRealImage) {
    const DmImage small = dm_image<float>(2, 6, 2, 2, {9, 9, 9, 9});
    const DmImage large = dm_image<float>(2, 6, 3, 2, six);
    EXPECT_EQ(read(dm_file({small, large})).values, six);
    EXPECT_EQ(read(dm_file({large, small})).values, six);
    DmFileLayout without_thumbnail;
    without_thumbnail.has_thumbnail = false;
    EXPECT_EQ(read(dm_file({large}, without_thumbnail)).values, six);
}

TEST(DigitalMicrographReferences, StacksOfOneAreImages) {
    DmImage image = dm_image<float>(2, 6, 3, 2, six);
    image.dimensions = {3, 2, 1};
    EXPECT_EQ(read(dm_file({image})).shape, (ImageShape{3, 2}));
}

TEST(DigitalMicrographReferences, ComplexNumbersColoursAndStacksAreRefused) {
    DmImage stack = dm_image<float>(2, 6, 3, 1, six);
    stack.dimensions = {3, 1, 2};
    DmImage complex = dm_image<float>(3, 6, 3, 1, six);
    for (const auto& images : {std::vector{stack}, std::vector{complex}, std::vector<DmImage>{}}) {
        const Error error = error_of_reading(dm_file(images));
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(error.message().find("data type 23"), std::string::npos) << error.message();
    }
}

TEST(DigitalMicrographReferences, WhoseDataAreNotOfTheirSizeAreCorrupt) {
    DmImage image = dm_image<float>(2, 6, 3, 2, six);
    image.dimensions = {3, 3};
    EXPECT_EQ(error_of_reading(dm_file({image})).code(), ErrorCode::corrupt);
    image.dimensions = {0xffffffff, 0xffffffff, 1};
    EXPECT_EQ(error_of_reading(dm_file({image})).code(), ErrorCode::corrupt);
}

TEST(DigitalMicrographReferences, NeverAllocateOnTheWordOfATag) {
    DmImage image = dm_image<float>(2, 6, 3, 2, six);
    image.elements = std::uint64_t{1} << 62;
    EXPECT_EQ(group_of(error_of_reading(dm_file({image})).code()), ErrorGroup::data);
    image.elements = std::uint64_t{1} << 40;
    EXPECT_EQ(error_of_reading(dm_file({image})).code(), ErrorCode::truncated);
    ReferenceOptions options = stored;
    options.limits.frame_bytes = 20;
    EXPECT_EQ(error_of_reading(dm_file({dm_image<float>(2, 6, 3, 2, six)}), options).code(), ErrorCode::limit_exceeded);
}

TEST(DigitalMicrographReferences, NestedWithoutEndAreRefused) {
    DmFileLayout layout;
    layout.nested_groups = 50;
    EXPECT_EQ(read(dm_file({dm_image<float>(2, 6, 3, 2, six)}, layout)).values, six);
    layout.nested_groups = 100000;
    EXPECT_EQ(error_of_reading(dm_file({dm_image<float>(2, 6, 3, 2, six)}, layout)).code(), ErrorCode::limit_exceeded);
}

TEST(DigitalMicrographReferences, CutShortAnywhereGiveOneError) {
    for (const unsigned version : {3U, 4U}) {
        DmFileLayout layout{version};
        layout.has_thumbnail = false;
        const Bytes whole = dm_file({dm_image<float>(2, 6, 3, 2, six)}, layout);
        for (std::size_t length = 0; length + 8 < whole.size(); ++length) {
            const Error error = error_of_reading(kit::truncated(whole, length));
            ASSERT_EQ(group_of(error.code()), ErrorGroup::data) << length << ": " << error.what();
        }
    }
}

TEST(DigitalMicrographReferences, SurviveEveryFlippedBit) {
    for (const unsigned version : {3U, 4U}) {
        DmFileLayout layout{version};
        layout.has_thumbnail = false;
        const Bytes whole = dm_file({dm_image<float>(2, 6, 3, 2, six)}, layout);
        for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
            std::string why;
            ASSERT_TRUE(kit::survives([&] { (void)read(kit::with_flipped_bit(whole, bit)); }, &why))
                << bit << ": " << why;
        }
    }
}

}  // namespace
}  // namespace mrcz
