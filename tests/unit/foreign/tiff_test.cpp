#include <gtest/gtest.h>

#include <array>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "mrcz/gain_file.hpp"
#include "unit/foreign/tiff_files.hpp"

namespace mrcz {
namespace {

using kit::TiffLayout;
using kit::write_tiff;

constexpr ReferenceOptions stored{.rows = RowOrder::as_stored, .bare = {}, .limits = {}};

FloatImage counted(std::int64_t nx, std::int64_t ny) {
    FloatImage image{{nx, ny}, {}};
    for (std::int64_t pixel = 0; pixel < nx * ny; ++pixel) image.values.push_back(static_cast<float>(pixel % 101));
    return image;
}

class TiffReferences : public ::testing::Test {
  protected:
    template <class T>
    void expect_same(const FloatImage& image, const TiffLayout& layout = {}) {
        write_tiff<T>(path, image, layout);
        const FloatImage back = read_reference(path, stored);
        EXPECT_EQ(back.shape, image.shape);
        EXPECT_EQ(back.values, image.values);
    }

    kit::TemporaryFolder folder;
    std::filesystem::path path = folder / "gain.tif";
};

TEST_F(TiffReferences, OfAllTypesAndBothByteOrdersHoldTheirValues) {
    for (const char* mode : {"wl", "wb", "wl8", "wb8"}) {
        const TiffLayout layout{.mode = mode};
        expect_same<std::uint8_t>(counted(13, 7), layout);
        expect_same<std::int8_t>(counted(13, 7), layout);
        expect_same<std::uint16_t>(counted(13, 7), layout);
        expect_same<std::int16_t>(counted(13, 7), layout);
        expect_same<std::uint32_t>(counted(13, 7), layout);
        expect_same<std::int32_t>(counted(13, 7), layout);
        expect_same<float>(counted(13, 7), layout);
        expect_same<double>(counted(13, 7), layout);
    }
}

TEST_F(TiffReferences, KeepSignsAndFractions) {
    expect_same<std::int16_t>({{2, 1}, {-32768, 32767}});
    expect_same<std::int8_t>({{2, 1}, {-128, 127}});
    expect_same<std::uint16_t>({{2, 1}, {65535, 1}});
    expect_same<float>({{3, 1}, {-0.25F, 1e-30F, 3e38F}}, {.mode = "wb"});
}

TEST_F(TiffReferences, ComeInStripsAndTilesCompressedOrNot) {
    constexpr std::array<std::uint16_t, 4> compressions{COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                                        COMPRESSION_PACKBITS};
    for (const std::uint16_t compression : compressions) {
        for (const std::uint32_t rows : {1U, 3U, 40U}) {
            const TiffLayout layout{.compression = compression, .rows_per_strip = rows};
            expect_same<float>(counted(37, 40), layout);
        }
        for (const std::uint32_t side : {16U, 64U}) {
            const TiffLayout layout{.mode = "wb", .compression = compression, .tile_side = side};
            expect_same<std::uint16_t>(counted(37, 40), layout);
        }
    }
}

TEST_F(TiffReferences, AreKnownByTheirFirstBytes) {
    write_tiff<float>(path, counted(3, 2));
    EXPECT_EQ(reference_format_of(path), ReferenceFormat::tiff);
    write_tiff<float>(path, counted(3, 2), {.mode = "wb8"});
    EXPECT_EQ(reference_format_of(path), ReferenceFormat::tiff);
}

TEST_F(TiffReferences, ColoursAndBitsAreRefused) {
    kit::write_odd_tiff(path, 3, 8);
    EXPECT_EQ(kit::error_of([&] { (void)read_reference(path); }).code(), ErrorCode::unsupported);
    for (const std::uint16_t bits : std::array<std::uint16_t, 2>{1, 4}) {
        kit::write_odd_tiff(path, 1, bits);
        const Error error = kit::error_of([&] { (void)read_reference(path); });
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_EQ(error.context(), path.string());
    }
}

TEST_F(TiffReferences, BeyondTheLimitAreRefused) {
    write_tiff<std::uint8_t>(path, counted(100, 100));
    ReferenceOptions options;
    options.limits.frame_bytes = 39999;
    EXPECT_EQ(kit::error_of([&] { (void)read_reference(path, options); }).code(), ErrorCode::limit_exceeded);
}

TEST_F(TiffReferences, CutShortAnywhereGiveOneError) {
    write_tiff<std::uint16_t>(path, counted(37, 20), {.compression = COMPRESSION_LZW});
    const Bytes whole = kit::read_file(path);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto source = make_memory_source(kit::truncated(whole, length), "cut.tif");
        const Error error = kit::error_of([&] { (void)read_reference(*source); });
        ASSERT_EQ(group_of(error.code()), ErrorGroup::data) << length << ": " << error.what();
    }
}

TEST_F(TiffReferences, SurviveEveryFlippedBit) {
    ReferenceOptions options;
    options.limits.frame_bytes = 1 << 20;
    for (const TiffLayout& layout :
         {TiffLayout{.mode = "wl", .compression = COMPRESSION_LZW},
          TiffLayout{.mode = "wb8", .compression = COMPRESSION_ADOBE_DEFLATE, .tile_side = 16}}) {
        write_tiff<std::uint8_t>(path, counted(20, 9), layout);
        const Bytes whole = kit::read_file(path);
        for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
            std::string why;
            const auto source = make_memory_source(kit::with_flipped_bit(whole, bit), "flipped.tif");
            ASSERT_TRUE(kit::survives([&] { (void)read_reference(*source, options); }, &why)) << bit << ": " << why;
        }
    }
}

}  // namespace
}  // namespace mrcz
