#include "header/volumes.hpp"

#include <gtest/gtest.h>

#include "header/compose.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using enum HeaderField;

namespace {

constexpr std::uint16_t zstd = 6;

header::Layout layout_of(const Header& header) { return header::read_layout(header.bytes(), Limits{}); }

/// Three volumes of four sections, 1.5 A each way.
Header three_volumes() { return with_real(with(with(with(clean_header(), nz, 12), mz, 4), ispg, 401), cell_c, 6); }

Header compressed(const Header& header) { return header::compressed_header(layout_of(header), zstd); }
Header restored(const Header& header, std::int64_t frames) { return header::plain_header(layout_of(header), frames); }

}  // namespace

TEST(VolumeStack, HasMzSectionsAVolume) {
    EXPECT_EQ(header::volume_sections(three_volumes()), 4);
    for (const std::int64_t group : {0, 1, 230, 400, 631})
        EXPECT_EQ(header::volume_sections(with(three_volumes(), ispg, group)), 0);
    for (const std::int64_t group : {401, 630})
        EXPECT_EQ(header::volume_sections(with(three_volumes(), ispg, group)), 4);
}

TEST(VolumeStack, OfAPartOfAVolumeIsNone) {
    for (const std::int64_t sections : {5, 13, 0, -4})
        EXPECT_EQ(header::volume_sections(with(three_volumes(), mz, sections)), 0);
}

TEST(VolumeStack, ShapeSurvivesWhereMzIsZeroForPythonMrcz) {
    const Header header = compressed(three_volumes());
    EXPECT_EQ(header.integer(mz), 0);
    EXPECT_EQ(header.integer(ispg), 401);
    EXPECT_EQ(header::volume_sections(header), 4);
    EXPECT_EQ(header.voxel_angstrom(), three_volumes().voxel_angstrom());
    EXPECT_EQ(header::volume_sections(compressed(header)), 4);
}

TEST(VolumeStack, FieldOfOursMeansNothingInFilesOfOthers) {
    EXPECT_EQ(header::volume_sections(with(with(three_volumes(), mz, 0), HeaderField::volume_sections, 4)), 0);
    EXPECT_EQ(compressed(with(with(three_volumes(), mz, 0), HeaderField::volume_sections, 4))
                  .integer(HeaderField::volume_sections),
              0);
    EXPECT_EQ(compressed(with(clean_header(), HeaderField::volume_sections, 4)).integer(HeaderField::volume_sections),
              4);
}

TEST(VolumeStack, PlainHeaderHasMzAndSpaceGroupAgain) {
    for (const Header& source : {three_volumes(), compressed(three_volumes())}) {
        const Header header = restored(source, 12);
        EXPECT_EQ(header.integer(ispg), 401);
        EXPECT_EQ(header.integer(mz), 4);
        EXPECT_EQ(header.integer(HeaderField::volume_sections), 0);
        EXPECT_EQ(header.voxel_angstrom(), three_volumes().voxel_angstrom());
    }
    EXPECT_EQ(restored(with(compressed(three_volumes()), ispg, 620), 8).integer(ispg), 620);
    EXPECT_EQ(restored(compressed(three_volumes()), 8).integer(mz), 4);
}

TEST(VolumeStack, FramesThatMakeNoWholeVolumeAreImages) {
    const Header header = restored(compressed(three_volumes()), 6);
    EXPECT_EQ(header.integer(ispg), 0);
    EXPECT_EQ(header.integer(mz), 1);
}

TEST(VolumeStack, FreshHeaderStatesIt) {
    for (const std::uint16_t codec : {std::uint16_t{0}, zstd}) {
        Header header = header::fresh_header({.nx = 8, .ny = 6, .volume_sections = 5, .label = ""}, codec);
        header::set_extent(header, 15, {1, 2, 3});
        EXPECT_EQ(header.integer(ispg), 401);
        EXPECT_EQ(header.integer(mz), codec == 0 ? 5 : 0);
        EXPECT_EQ(header::volume_sections(header), 5);
        EXPECT_EQ(header.voxel_angstrom(), (std::array<double, 3>{1, 2, 3}));
        header::set_extent(header, 14, {1, 2, 3});
        EXPECT_EQ(header.integer(ispg), 0);
        EXPECT_EQ(header.integer(mz), codec == 0 ? 1 : 0);
    }
}

}  // namespace mrcz::header_test
