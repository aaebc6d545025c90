#include <gtest/gtest.h>

#include <numeric>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "mrcz/gain_file.hpp"

namespace mrcz {
namespace {

/// What RosettaSciIO and tifffile read from these files.
struct RealReference {
    const char* path;
    ImageShape shape;
    float first, second, last;
    double total;
};

const std::vector<RealReference> references{
    {"debian-python-rosettasciio-0.7.1/dm/test_STEM_image.dm3", {68, 68}, 33121, 33489, 32683, 150998555},
    {"debian-python-rosettasciio-0.7.1/dm/test_diffraction_pattern.dm3", {87, 87}, 834, 823, 923, 9459771},
    {"ercius+openNCEM/ncempy/data/08_carbon.dm3", {2048, 1}, 21281, 21206, 8959, 35798239},
    {"ercius+openNCEM/ncempy/data/dmTest_float32_nonSquare_diffPixelSize.dm4", {128, 64}, 0, 1, 127, 520192},
    {"DiamondLightSource+Savu/test_data/data/image_test/dark_00001.tiff", {160, 135}, 0, 99, 99, 2110737},
    {"DiamondLightSource+Savu/test_data/data/image_test/flat_00001.tiff", {160, 135}, 0, 29191, 31274, 803416747},
    {"DiamondLightSource+Savu/test_data/data/image_test/tiffs/raw_00000.tiff", {160, 135}, 0, 19915, 21024, 482630903},
    {"I2PC+xmipp/src/xmipp/resources/test/filters/KLH.tif", {760, 844}, 132, 123, 97, 78133217},
    {"hanjinliu+cylindra/tests/13pf_MT.tif", {94, 206}, 121, 126, 125, 2053894},
};

TEST(RealReferences, ReadAsOtherProgramsReadThem) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "no folder of shared data";
    for (const RealReference& real : references) {
        ReferenceOptions options;
        options.rows = RowOrder::as_stored;
        const FloatImage image = read_reference(*data / real.path, options);
        EXPECT_EQ(image.shape, real.shape) << real.path;
        EXPECT_EQ(image.values[0], real.first) << real.path;
        EXPECT_EQ(image.values[1], real.second) << real.path;
        EXPECT_EQ(image.values.back(), real.last) << real.path;
        EXPECT_EQ(std::accumulate(image.values.begin(), image.values.end(), 0.0), real.total) << real.path;
    }
}

TEST(RealReferences, FourierTransformsAreRefused) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "no folder of shared data";
    const Error error = kit::error_of(
        [&] { (void)read_reference(*data / "debian-python-rosettasciio-0.7.1/dm/test_fft_packed_complex8.dm4"); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace mrcz
