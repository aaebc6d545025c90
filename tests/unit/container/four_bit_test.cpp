// Reading and writing pixels of 4 bits: where odd rows end, and what is told of half-width files.
#include "kit/four_bit.hpp"
#include "unit/container/files.hpp"

namespace mrcz::container_test {
namespace {

constexpr auto padded = RowPacking::padded;
constexpr auto contiguous = RowPacking::contiguous;

Bytes plain_file(RowPacking packing, std::size_t trailing = 0, std::int64_t nx = 11, std::int64_t ny = 7) {
    kit::FourBitFile file;
    file.nx = nx;
    file.ny = ny;
    file.packing = packing;
    file.trailing_bytes = trailing;
    return kit::make_four_bit_file(file);
}

}  // namespace

TEST(FourBitFile, SizeTellsPaddedRowsFromContiguousOnes) {
    for (const RowPacking packing : {padded, contiguous})
        for (const auto& [nx, ny] : {std::pair{11, 7}, {11, 8}, {1, 2}, {3839, 5}}) {
            const Reader reader = reader_of(plain_file(packing, 0, nx, ny));
            EXPECT_EQ(reader.frame_format(), (FrameFormat{PixelType::uint4, nx, ny, packing}));
            EXPECT_EQ(reader.frame_bytes(), bytes_of(reader.frame_format()));
            EXPECT_EQ(has_finding(reader, "MRC-P02"), packing == contiguous);
            EXPECT_FALSE(has_finding(reader, "MRC-F01"));
        }
}

TEST(FourBitFile, BytesBehindThePixelsAreLikelierThanBytesMissing) {
    // 11 x 7 pixels, 3 frames: padded 126 bytes, contiguous 117.
    for (std::size_t more = 0; more < 9; ++more)
        EXPECT_EQ(reader_of(plain_file(contiguous, more)).frame_format().packing, contiguous) << more;
    EXPECT_EQ(reader_of(plain_file(contiguous, 9)).frame_format().packing, padded) << "as long as a padded file";
    EXPECT_EQ(reader_of(plain_file(padded, 5)).frame_format().packing, padded);
    Bytes cut = plain_file(contiguous);
    cut.pop_back();
    const Error error = kit::error_of([&] { (void)reader_of(cut); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_NE(error.message().find("3 frames of 11 x 7 uint4 take 126 bytes"), std::string::npos) << error.message();
}

TEST(FourBitFile, EmptyHalvesTellThatAPaddedFileIsCutShort) {
    const Bytes file = kit::with_empty_halves(plain_file(padded), {});
    for (std::size_t missing = 1; missing < 60; ++missing) {
        const Bytes cut = kit::truncated(file, file.size() - missing);
        // 9 bytes fewer are as many as contiguous rows have: nothing tells.
        if (missing == 9) {
            EXPECT_EQ(reader_of(cut).frame_format().packing, contiguous);
        } else {
            const Error error = kit::error_of([&] { (void)reader_of(cut); });
            EXPECT_EQ(error.code(), ErrorCode::truncated) << missing;
        }
    }
}

TEST(FourBitFile, EmptyHalvesBesideDarkPixelsTellNothing) {
    for (const std::size_t lit : {0, 7, 8}) {
        Bytes file = plain_file(contiguous, 5);
        std::fill(file.begin() + 1024, file.end(), std::byte{0});
        for (std::size_t row = 0; row < lit; ++row) file[1024 + 6 * row + 5] = std::byte{1};
        if (lit < 8) {
            EXPECT_EQ(reader_of(file).frame_format().packing, contiguous) << lit;
        } else {
            EXPECT_EQ(kit::error_of([&] { (void)reader_of(file); }).code(), ErrorCode::truncated);
        }
    }
}

TEST(FourBitFile, FooterTellsWhereThePixelsEnd) {
    WriterOptions options = options_of(PixelType::uint4, "raw", 11, 7);
    options.metadata = some_metadata();
    const kit::TemporaryFolder folder;
    Writer writer(folder / "file", options);
    writer.append(kit::make_noise(3 * 42));
    writer.finish();
    const Bytes file = kit::read_file(folder / "file");
    EXPECT_EQ(reader_of(file).frame_format().packing, padded);
    EXPECT_TRUE(reader_of(file).metadata());
    Bytes contiguous_file(file.begin(), file.begin() + 1024 + 117);
    contiguous_file.insert(contiguous_file.end(), file.begin() + 1024 + 126, file.end());
    EXPECT_EQ(reader_of(contiguous_file).frame_format().packing, contiguous);
    EXPECT_TRUE(reader_of(contiguous_file).metadata());
}

TEST(FourBitFile, WrittenOnesArePaddedWithTheStatisticsOfTheirPixels) {
    for (const char* codec : {"raw", "zstd", "lz4"}) {
        const WriterOptions options = options_of(PixelType::uint4, codec, 5, 2);
        const kit::TemporaryFolder folder;
        Writer writer(folder / "file", options);
        // Pixels 4 ... 8 and 9 ... 13; the empty halves hold 15, which is none of them.
        Bytes frame;
        for (const int byte : {0x54, 0x76, 0xf8, 0xa9, 0xcb, 0xfd}) frame.push_back(static_cast<std::byte>(byte));
        writer.append(frame);
        writer.finish();
        const Reader reader(folder / "file");
        EXPECT_EQ(reader.pixel_type(), PixelType::uint4);
        EXPECT_EQ(reader.header().integer(HeaderField::mode) % 1000, 101);
        EXPECT_EQ(reader.header().integer(HeaderField::nversion), 0);
        EXPECT_EQ(all_pixels(reader), frame) << "stored as given";
        EXPECT_EQ(reader.header().real(HeaderField::dmin), 4.0F);
        EXPECT_EQ(reader.header().real(HeaderField::dmax), 13.0F);
        EXPECT_EQ(reader.header().real(HeaderField::dmean), 8.5F);
    }
}

TEST(FourBitFile, WriterCountsRowsOfWholeBytes) {
    const kit::TemporaryFolder folder;
    Writer writer(folder / "file", options_of(PixelType::uint4, "zstd", 5, 2));
    const Error error = kit::error_of([&] { writer.append(Bytes(5)); });
    EXPECT_EQ(error.message(), "append: 5 bytes are no whole number of frames of 6");
}

TEST(FourBitFile, HalfWidthHasTheColumnsThereAre) {
    kit::FourBitFile description;
    description.nx = 22;
    description.half_width = true;
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        description.order = order;
        const Reader reader = reader_of(kit::make_four_bit_file(description));
        EXPECT_EQ(reader.columns(), 22);
        EXPECT_EQ(reader.header().nx(), 11);
        EXPECT_EQ(reader.pixel_type(), PixelType::uint4);
        EXPECT_EQ(reader.frame_bytes(), 77U);
        EXPECT_EQ(reader.header().voxel_angstrom()[0], 1.5);
        EXPECT_TRUE(has_finding(reader, "MRC-P01"));
    }
}

}  // namespace mrcz::container_test
