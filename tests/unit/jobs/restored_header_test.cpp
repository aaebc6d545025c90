#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class RestoredHeader : public Workplace {
  public:
    /// Of the file that decompress() makes.
    [[nodiscard]] Header decompressed_header(const Bytes& file) const { return reader_of(decompressed(file)).header(); }
};

TEST_F(RestoredHeader, IsTheOriginals) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 8, order, 77, 0});
        const Bytes file = compressed(plain, "zstd");
        EXPECT_EQ(restored_header(reader_of(file)).bytes(), reader_of(plain).header().bytes());
        EXPECT_EQ(restored_header(reader_of(plain)).bytes(), reader_of(plain).header().bytes());
    }
}

TEST_F(RestoredHeader, WithoutOriginalIsThatOfTheDecompressedFile) {
    for (const bool is_volume : {false, true}) {
        WriterOptions options;
        options.nx = 7;
        options.ny = 5;
        options.is_volume = is_volume;
        options.voxel_angstrom = {1.5, 1.5, 2};
        options.overwrite = true;
        Writer writer(path("three"), options);
        Bytes pixels;
        for (int i = 0; i < 3 * 35; ++i) append_le(pixels, static_cast<std::int16_t>(i * i));
        writer.append(pixels);
        writer.finish();
        const Bytes file = kit::read_file(path("three"));
        EXPECT_EQ(restored_header(reader_of(file)).bytes(), decompressed_header(file).bytes());
    }
}

TEST_F(RestoredHeader, TellsCompressedFilesFromOthers) {
    const auto start = [](const Bytes& file) { return std::span(file).first<Header::bytes_on_disk>(); };
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes plain = kit::make_plain_file({PixelType::float32, 19, 13, 2, order, 0, 0});
        EXPECT_FALSE(is_compressed_header(start(plain)));
        for (const std::string& codec : compressing_codecs())
            if (codec != "rans") {
                EXPECT_TRUE(is_compressed_header(start(compressed(plain, codec)))) << codec;
            }
    }
    EXPECT_FALSE(is_compressed_header(start(Bytes(2000, std::byte{0xAB}))));
}

TEST_F(RestoredHeader, FooterOfAChangedCopyKeepsMetadataAndRecord) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 8, ByteOrder::little, 77, 0});
    EXPECT_TRUE(footer_of_copy(reader_of(plain), reader_of(plain).header()).empty());
    CompressOptions options;
    options.metadata = some_metadata();
    const Reader like = reader_of(compressed(plain, options));
    Bytes changed = plain;
    changed.back() ^= std::byte{1};
    append(changed, footer_of_copy(like, reader_of(plain).header()));
    const Reader found = reader_of(changed);
    EXPECT_EQ(found.metadata()->to_json(), some_metadata().to_json());
    EXPECT_NE(found.provenance().find(R"("step":"edit")"), std::string::npos);
    EXPECT_EQ(verified(changed).frames, 8);
}

}  // namespace mrcz::jobs_test
