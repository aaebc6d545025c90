// Headers of real files, one a dialect: what is said of each, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "header/layout.hpp"
#include "kit/files.hpp"

namespace mrcz::header_test {

namespace {

struct RealFile {
    std::string_view path;
    PixelType type;
    std::array<double, 3> voxel_angstrom;
    std::string_view rules;  ///< the numbers behind MRC-H
};

constexpr double any = -1;  ///< a voxel that is looked at elsewhere

const RealFile files[] = {
    {"DiamondLightSource+Savu/test_data/data/projections.mrc", PixelType::float16, {any}, "08"},
    {"I2PC+xmipp/src/xmipp/resources/test/image/smallStack.mrcs", PixelType::float32, {1, 1, 1}, "03 09"},
    {"LabShare-Archive+IMOD/Etomo/unitTestData/headerTest.st", PixelType::int16, {any}, "02 03 09 10 17"},
    {"chanzuckerberg+cryoet-data-portal-backend/test_infra/test_files/input_bucket/sample_tomos/unsigned_ints.mrc",
     PixelType::int8,
     {any},
     "18"},
    {"debian-python-mrcfile/EMD-3001.map", PixelType::float32, {any}, "03 10"},
    {"ercius+openNCEM/ncempy/data/temp.mrc", PixelType::float32, {any}, "01 03 16 17"},
    {"generated-by-c-mrcz-0.1.3/emd3197_f4_lz4.mrcz", PixelType::float32, {any}, "01 03"},
    {"generated-by-python-mrcz/0.3.8/tilt_f4_lz4_9.mrcz", PixelType::float32, {any}, "03 17 19"},
    {"generated-by-python-mrcz/0.5.7/plain_u2_bigendian.mrc", PixelType::uint16, {any}, "03 06 11 17"},
    {"generated-by-python-mrcz/0.5.7/plain_u2_json_oddlen.mrc", PixelType::uint16, {any}, "03 06 17 21"},
    {"hyperspy+rosettasciio/rsciio/tests/data/mrc/ROI_Random_Scan_movie.mrc", PixelType::uint16, {0, 0, 0}, "05"},
    {"hyperspy+rosettasciio/rsciio/tests/data/mrc/HAADFscan.mrc", PixelType::uint16, {any}, ""},
    {"nglviewer+ngl/data/3pqr-mode0.ccp4", PixelType::int8, {any}, "03 18"},
    {"schrodinger+pymol-testing/data/h2o-elf-nstart-origin.mrc", PixelType::float32, {any}, "02 03 09 16"},
    {"zhonge+cryodrgn/testing/data/hand.mrcs", PixelType::float32, {1, 1, 1}, "03 16"},
    {"zhonge+cryodrgn/testing/data/relion31.mrcs", PixelType::float32, {1, 1, 1}, "01 02 03 16"},
};

}  // namespace

TEST(RealHeaders, AreUnderstoodWithTheFindingsOfTheirDialect) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    for (const RealFile& file : files) {
        const Bytes bytes = kit::read_file(*data / file.path);
        const auto header = std::span(bytes).first<Header::bytes_on_disk>();
        const header::Layout layout = header::read_layout(header, Limits{});
        EXPECT_EQ(layout.type, file.type) << file.path;
        if (file.voxel_angstrom[0] != any) {
            EXPECT_EQ(layout.header.voxel_angstrom(), file.voxel_angstrom) << file.path;
        }
        std::string rules;
        for (const Finding& finding : layout.findings) rules += (rules.empty() ? "" : " ") + finding.rule.substr(5);
        EXPECT_EQ(rules, file.rules) << file.path;
    }
}

TEST(RealHeaders, PixelSizeOfEarlyPythonMrczIsTheCellOverThePixels) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const Bytes bytes = kit::read_file(*data / "generated-by-python-mrcz/0.3.8/tilt_f4_lz4_9.mrcz");
    const auto header = std::span(bytes).first<Header::bytes_on_disk>();
    const auto voxel = header::read_layout(header, Limits{}).header.voxel_angstrom();
    EXPECT_NEAR(voxel[0], 2.176, 1e-4);
    EXPECT_NEAR(voxel[1], 2.176, 1e-4);
    EXPECT_NEAR(voxel[2], 1, 1e-6);
}

}  // namespace mrcz::header_test
