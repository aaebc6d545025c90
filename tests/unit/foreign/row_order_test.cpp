#include <gtest/gtest.h>

#include <array>

#include "kit/dm_files.hpp"
#include "kit/files.hpp"
#include "mrcz/gain_file.hpp"
#include "unit/foreign/tiff_files.hpp"

namespace mrcz {
namespace {

const FloatImage top_row_first{{2, 3}, {1, 2, 3, 4, 5, 6}};
const std::vector<float> bottom_row_first{5, 6, 3, 4, 1, 2};

ReferenceOptions with_rows(RowOrder rows) {
    ReferenceOptions options;
    options.rows = rows;
    return options;
}

TEST(RowOrder, OfTiffIsReversedSoThatRowZeroIsTheLowest) {
    const kit::TemporaryFolder folder;
    kit::write_tiff<float>(folder / "gain.tif", top_row_first);
    EXPECT_EQ(read_reference(folder / "gain.tif").values, bottom_row_first);
    EXPECT_EQ(read_reference(folder / "gain.tif", with_rows(RowOrder::as_stored)).values, top_row_first.values);
    EXPECT_EQ(read_reference(folder / "gain.tif", with_rows(RowOrder::reversed)).values, bottom_row_first);
}

TEST(RowOrder, OfTiffDoesNotDependOnItsOrientation) {
    const kit::TemporaryFolder folder;
    for (const std::uint16_t orientation :
         std::array<std::uint16_t, 3>{ORIENTATION_TOPLEFT, ORIENTATION_BOTLEFT, ORIENTATION_RIGHTTOP}) {
        kit::write_tiff<float>(folder / "gain.tif", top_row_first, {.orientation = orientation});
        EXPECT_EQ(read_reference(folder / "gain.tif").values, bottom_row_first);
    }
}

TEST(RowOrder, OfFalconGainsIsThatOfTheirFrames) {
    const kit::TemporaryFolder folder;
    for (const char* name : {"20230101_120000_EER_GainReference.gain", "OTHER.GAIN"}) {
        kit::write_tiff<float>(folder / name, top_row_first);
        EXPECT_EQ(read_reference(folder / name).values, top_row_first.values);
        EXPECT_EQ(read_reference(folder / name, with_rows(RowOrder::reversed)).values, bottom_row_first);
    }
}

TEST(RowOrder, OfDigitalMicrographIsReversedSoThatRowZeroIsTheLowest) {
    const Bytes file = kit::dm_file({kit::dm_image<float>(2, 6, 2, 3, top_row_first.values)});
    const auto source = make_memory_source(file, "gain.dm4");
    EXPECT_EQ(read_reference(*source).values, bottom_row_first);
    EXPECT_EQ(read_reference(*source, with_rows(RowOrder::as_stored)).values, top_row_first.values);
}

TEST(RowOrder, OfBarePixelsIsAsStored) {
    Bytes bytes;
    for (const float value : top_row_first.values) append_le(bytes, value);
    const auto source = make_memory_source(bytes, "gain.raw");
    ReferenceOptions options;
    options.bare = BarePixels{{2, 3}};
    EXPECT_EQ(read_reference(*source, options).values, top_row_first.values);
    options.rows = RowOrder::reversed;
    EXPECT_EQ(read_reference(*source, options).values, bottom_row_first);
}

}  // namespace
}  // namespace mrcz
