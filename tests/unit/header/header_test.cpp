#include "mrcz/header.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using enum HeaderField;

namespace {

std::int64_t most_of(const HeaderFieldInfo& row) {
    return row.bytes == 8 ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << (8 * row.bytes - 1)) - 1;
}

/// Bytes that differ from a header of zeros.
std::set<std::size_t> touched(const Header& header) {
    std::set<std::size_t> places;
    for (std::size_t i = 0; i < Header::bytes_on_disk; ++i)
        if (header.bytes()[i] != std::byte{0}) places.insert(i);
    return places;
}

std::set<std::size_t> range(std::size_t first, std::size_t count) {
    std::set<std::size_t> places;
    for (std::size_t i = 0; i < count; ++i) places.insert(first + i);
    return places;
}

}  // namespace

TEST(Header, EveryIntegerReadsBackAndTouchesNoOtherField) {
    for (const HeaderFieldInfo& row : header_fields()) {
        if (row.type == HeaderFieldType::f32 || row.type == HeaderFieldType::text) continue;
        for (const std::int64_t value : {most_of(row), -most_of(row) - 1, std::int64_t{-1}, std::int64_t{300}}) {
            Header header;
            header.set_integer(row.field, value);
            EXPECT_EQ(header.integer(row.field), value) << row.name;
            if (value == -1) {
                EXPECT_EQ(touched(header), range(row.offset, row.bytes)) << row.name;
            }
        }
    }
}

TEST(Header, EveryRealReadsBackAndTouchesNoOtherField) {
    for (const HeaderFieldInfo& row : header_fields()) {
        if (row.type != HeaderFieldType::f32) continue;
        for (std::size_t index = 0; index < row.count; ++index) {
            Header header;
            header.set_real(row.field, -1.0078125F, index);
            EXPECT_EQ(header.real(row.field, index), -1.0078125F) << row.name;
            for (const std::size_t place : touched(header)) {
                EXPECT_GE(place, row.offset + 4 * index) << row.name;
                EXPECT_LT(place, row.offset + 4 * index + 4) << row.name;
            }
        }
    }
}

TEST(Header, EveryTextReadsBackAndTouchesNoOtherField) {
    for (const HeaderFieldInfo& row : header_fields()) {
        if (row.type != HeaderFieldType::text) continue;
        for (std::size_t index = 0; index < row.count; ++index) {
            Header header;
            const std::string text(row.bytes, 'x');
            header.set_text(row.field, text, index);
            EXPECT_EQ(header.text(row.field, index), text) << row.name;
            EXPECT_EQ(touched(header), range(row.offset + index * row.bytes, row.bytes)) << row.name;
        }
    }
}

TEST(Header, NumbersLieLittleEndian) {
    Header header;
    header.set_integer(nx, 0x01020304);
    EXPECT_EQ(header.bytes()[0], std::byte{4});
    EXPECT_EQ(header.bytes()[3], std::byte{1});
    header.set_integer(imod_stamp, 1146047817);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(header.bytes().data()) + 152, 4), "IMOD");
}

TEST(Header, ShapeIsThatOfTheFirstThreeWords) {
    const Header header = clean_header();
    EXPECT_EQ(header.nx(), 64);
    EXPECT_EQ(header.ny(), 48);
    EXPECT_EQ(header.nz(), 7);
}

TEST(Header, CopyingAFieldTakesAllItsBytesAndNoOthers) {
    Header ones;
    ones.bytes().fill(std::byte{1});
    for (const HeaderFieldInfo& row : header_fields()) {
        Header header;
        header.copy_from(ones, row.field);
        EXPECT_EQ(touched(header), range(row.offset, std::size_t{row.count} * row.bytes)) << row.name;
    }
}

TEST(HeaderText, ShortTextIsPaddedAndLongTextCut) {
    Header header;
    header.set_text(exttyp, "AB");
    EXPECT_EQ(header.text(exttyp), "AB  ");
    header.set_text(exttyp, "AB", 0, '\0');
    EXPECT_EQ(header.text(exttyp), std::string_view("AB\0\0", 4));
    header.set_text(exttyp, "");
    EXPECT_EQ(header.text(exttyp), "    ");
    header.set_text(exttyp, "SERIAL");
    EXPECT_EQ(header.text(exttyp), "SERI");
    EXPECT_EQ(header.integer(nversion), 0);
    header.set_text(label, std::string(100, 'y'), 9);
    EXPECT_EQ(header.label(9), std::string(80, 'y'));
}

TEST(HeaderLabel, EndsBeforeSpacesAndZeros) {
    Header header;
    EXPECT_EQ(header.label(0), "");
    header.set_text(label, "spaces", 0, ' ');
    header.set_text(label, "zeros", 1, '\0');
    header.set_text(label, std::string_view("both \0 \0", 8), 2);
    header.set_text(label, std::string_view("in\0side x", 9), 3);
    header.set_text(label, "", 4);
    EXPECT_EQ(header.label(0), "spaces");
    EXPECT_EQ(header.label(1), "zeros");
    EXPECT_EQ(header.label(2), "both");
    EXPECT_EQ(header.label(3), std::string_view("in\0side x", 9));
    EXPECT_EQ(header.label(4), "");
}

TEST(PixelsAlongAxes, FollowTheOrderOfTheAxes) {
    using Shape = std::array<std::int64_t, 3>;
    const Header header = clean_header();
    EXPECT_EQ(header.pixels_along_axes(), (Shape{64, 48, 7}));
    EXPECT_EQ(with_axes(header, 2, 1, 3).pixels_along_axes(), (Shape{48, 64, 7}));
    EXPECT_EQ(with_axes(header, 3, 2, 1).pixels_along_axes(), (Shape{7, 48, 64}));
    EXPECT_EQ(with_axes(header, 2, 3, 1).pixels_along_axes(), (Shape{7, 64, 48}));
    EXPECT_EQ(with_axes(header, 3, 1, 2).pixels_along_axes(), (Shape{48, 7, 64}));
}

TEST(PixelsAlongAxes, AxesInNoOrderCountAsOneTwoThree) {
    using Shape = std::array<std::int64_t, 3>;
    for (const auto& axes : {Shape{0, 0, 0}, {1, 1, 3}, {1, -2, 3}, {1, 2, 4}, {1119092736, 2, 3}})
        EXPECT_EQ(
            with_axes(clean_header(), static_cast<int>(axes[0]), static_cast<int>(axes[1]), static_cast<int>(axes[2]))
                .pixels_along_axes(),
            (Shape{64, 48, 7}));
}

TEST(VoxelSize, IsTheCellOverItsSamples) {
    using Voxel = std::array<double, 3>;
    const Header header = clean_header();
    EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.5, 1.5}));
    EXPECT_EQ(with(header, mx, 32).voxel_angstrom(), (Voxel{3, 1.5, 1.5}));
}

TEST(VoxelSize, IsTheCellOverThePixelsWhereSamplesAreNotGiven) {
    using Voxel = std::array<double, 3>;
    Header header = clean_header();
    for (const HeaderField field : {mx, my, mz}) header.set_integer(field, 0);
    header.set_real(cell_c, 14);
    EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
    EXPECT_EQ(with(header, mx, -5).voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
}

TEST(VoxelSize, DividesByThePixelsAlongTheCellAxis) {
    Header header = with_axes(clean_header(), 3, 1, 2);  // 48 along X, 7 along Y, 64 along Z
    for (const HeaderField field : {mx, my, mz}) header.set_integer(field, 0);
    header.set_real(cell_a, 48);
    header.set_real(cell_b, 14);
    header.set_real(cell_c, 192);
    EXPECT_EQ(header.voxel_angstrom(), (std::array<double, 3>{1, 2, 3}));
}

TEST(VoxelSize, IsTheCellOverThePixelsInFilesOfPythonMrczWhateverMzSays) {
    Header header = with(with(with_real(clean_header(), cell_c, 14), mx, 0), my, 0);
    header.set_text(label, "MRCZ0.5.7", 0, '\0');
    for (const std::int64_t slices : {0, 1, 7})
        EXPECT_EQ(with(header, mz, slices).voxel_angstrom(), (std::array<double, 3>{1.5, 1.5, 2})) << slices;
    EXPECT_EQ(with(with(header, mz, 1), mx, 64).voxel_angstrom()[2], 14);
    EXPECT_EQ(with(with(header, my, 64), mz, 48).voxel_angstrom(), (std::array<double, 3>{1.5, 1.5, 2}));
}

TEST(VoxelSize, IsZeroWhereTheCellIsNoLength) {
    for (const float edge : {-96.0F, -1.0F, 2.27e20F})  // Direct Electron; Velox in diffraction
        EXPECT_EQ(with_real(clean_header(), cell_b, edge).voxel_angstrom(), (std::array<double, 3>{1.5, 0, 1.5}));
}

TEST(HeaderStatistics, AreThoseOfTheHeader) {
    EXPECT_EQ(clean_header().statistics(), (FrameStatistics{-4, 900, 12.5, 3.25, 0}));
}

TEST(HeaderStatistics, SentinelsOfEveryProgramMeanUnknown) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    // mrcfile, Direct Electron, Velox, cryoDRGN, SerialEM before the first frame, Savu
    const std::array<float, 4> sentinels[] = {{0, -1, -2, -1},  {2, 1, 0, -1},          {3, 2, 1, -1},
                                              {-1, -2, -3, -1}, {1e38F, 0, -1e38F, -1}, {nan, nan, nan, nan}};
    for (const auto& [least, greatest, mean, deviation] : sentinels) {
        Header header = with_real(with_real(clean_header(), dmin, least), dmax, greatest);
        header = with_real(with_real(header, dmean, mean), rms, deviation);
        const FrameStatistics found = header.statistics();
        EXPECT_TRUE(std::isnan(found.minimum) && std::isnan(found.maximum)) << least;
        EXPECT_TRUE(std::isnan(found.mean) && std::isnan(found.standard_deviation)) << least;
    }
}

TEST(HeaderStatistics, AreUnknownOneByOne) {
    EXPECT_TRUE(std::isnan(with_real(clean_header(), dmean, -33).statistics().mean));
    EXPECT_EQ(with_real(clean_header(), dmean, -33).statistics().maximum, 900);
    EXPECT_TRUE(std::isnan(with_real(clean_header(), rms, 0).statistics().standard_deviation));
    const Header constant = with_real(with_real(with_real(clean_header(), dmin, 5), dmax, 5), dmean, 5);
    EXPECT_EQ(with_real(constant, rms, 0).statistics(), (FrameStatistics{5, 5, 5, 0, 0}));
}

TEST(VoxelSize, IsZeroWhereNothingIsKnown) {
    using Voxel = std::array<double, 3>;
    EXPECT_EQ(Header().voxel_angstrom(), (Voxel{0, 0, 0}));
    Header header = clean_header();
    header.set_real(cell_a, std::numeric_limits<float>::quiet_NaN());
    header.set_real(cell_b, std::numeric_limits<float>::infinity());
    EXPECT_EQ(header.voxel_angstrom(), (Voxel{0, 0, 1.5}));
    EXPECT_EQ(with(with(clean_header(), mz, 0), nz, 0).voxel_angstrom(), (Voxel{1.5, 1.5, 0}));
}

}  // namespace mrcz::header_test
