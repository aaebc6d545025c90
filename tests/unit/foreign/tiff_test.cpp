#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

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

/// A file of one strip or tile, of which there are 16 bytes.
Bytes hollow_tiff(std::uint32_t nx, std::uint32_t ny, std::uint32_t compression, std::uint32_t tile_side = 0) {
    std::vector<std::array<std::uint32_t, 2>> tags{{256, nx}, {257, ny}, {258, 32}, {259, compression},
                                                   {262, 1},  {277, 1},  {339, 3}};
    const auto add = [&tags](std::uint32_t tag, std::uint32_t value) { tags.push_back({tag, value}); };
    add(tile_side != 0 ? 322 : 278, tile_side != 0 ? tile_side : ny);
    if (tile_side != 0) add(323, tile_side);
    add(tile_side != 0 ? 324 : 273, 8);
    add(tile_side != 0 ? 325 : 279, 16);
    std::ranges::sort(tags);
    Bytes file(24 + 2 + 12 * tags.size() + 4);
    const auto put = [&file](std::size_t at, std::uint32_t value, int bytes) {
        for (int byte = 0; byte < bytes; ++byte)
            file[at + static_cast<std::size_t>(byte)] = static_cast<std::byte>(value >> (8 * byte));
    };
    put(0, 0x002a4949, 4);
    put(4, 24, 4);
    put(24, static_cast<std::uint32_t>(tags.size()), 2);
    for (std::size_t entry = 0; entry < tags.size(); ++entry) {
        const std::size_t at = 26 + 12 * entry;
        put(at, tags[entry][0], 2);
        put(at + 2, 4, 2);  // LONG
        put(at + 4, 1, 4);
        put(at + 8, tags[entry][1], 4);
    }
    return file;
}

TEST_F(TiffReferences, OfMorePixelsThanTheirBytesCanHoldAreRefusedBeforeMemoryIsTaken) {
    struct Case {
        Bytes file;
        std::string_view why;
    };
    for (const auto& [file, why] : {Case{hollow_tiff(32767, 32767, COMPRESSION_NONE), "the whole file has"},
                                    Case{hollow_tiff(32767, 32767, COMPRESSION_LZW), "under any compression"},
                                    Case{hollow_tiff(64, 64, COMPRESSION_NONE, 30000), "the whole file has"},
                                    Case{hollow_tiff(64, 64, COMPRESSION_ADOBE_DEFLATE, 30000), "any compression"}}) {
        const auto source = make_memory_source(file, "hollow.tif");
        const Error error = kit::error_of([&] { (void)read_reference(*source); });
        EXPECT_EQ(group_of(error.code()), ErrorGroup::data);
        EXPECT_NE(error.message().find(why), std::string::npos) << error.what();
    }
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
