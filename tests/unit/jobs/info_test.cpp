#include "kit/json_fields.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Info : public Workplace {};

TEST_F(Info, TellsWhatTheFileHolds) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({PixelType::uint16, 19, 13, 3, ByteOrder::big, 7, 5});
    const Bytes packed = compressed(plain, options);
    const Reader reader = reader_of(packed);
    for (const bool indented : {false, true}) {
        const std::string text = info_json(reader, indented);
        EXPECT_EQ(text.find('\n') != std::string::npos, indented);
        auto fields = kit::json_fields(text);
        EXPECT_EQ(fields["file"], "memory.mrcz");
        EXPECT_EQ(fields["file_bytes"], std::to_string(packed.size()));
        EXPECT_EQ(fields["columns"], "19");
        EXPECT_EQ(fields["rows"], "13");
        EXPECT_EQ(fields["frames"], "3");
        EXPECT_EQ(fields["pixel_type"], "uint16");
        EXPECT_EQ(fields["byte_order"], "little");
        EXPECT_EQ(fields["codec"], "zstd");
        EXPECT_EQ(fields["data_bytes"], std::to_string(19 * 13 * 3 * 2));
        EXPECT_EQ(fields["random_access"], "true");
        EXPECT_EQ(fields["voxel_angstrom[2]"], "1.5");
        EXPECT_EQ(fields["header.MODE"], "6006");
        EXPECT_EQ(fields["original_header.MODE"], "6");
        EXPECT_EQ(fields["metadata.detector.name"], "K2");
        EXPECT_EQ(fields["provenance[0].step"], "compress");
        EXPECT_EQ(fields["sections[0].id"], "META");
        EXPECT_EQ(fields["findings"], "[]");
        EXPECT_TRUE(fields.contains("frame_statistics[2].std"));
        EXPECT_FALSE(fields.contains("frame_statistics[3]"));
        for (const HeaderFieldInfo& field : header_fields()) {
            const bool is_flat = field.count == 1 && field.name.find('.') == std::string_view::npos;
            EXPECT_TRUE(!is_flat || fields.contains("header." + std::string(field.name))) << field.name;
        }
    }
}

TEST_F(Info, OfPlainFilesHasNothingThatTheyDoNotHold) {
    auto fields =
        kit::json_fields(info_json(reader_of(kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::big, 0, 3}))));
    EXPECT_EQ(fields["byte_order"], "big");
    EXPECT_EQ(fields["codec"], "raw");
    EXPECT_EQ(fields["metadata"], "null");
    EXPECT_EQ(fields["original_header"], "null");
    EXPECT_EQ(fields["frame_statistics"], "[]");
    EXPECT_EQ(fields["provenance"], "[]");
    EXPECT_EQ(fields["findings[0].rule"], "MRC-F01");
}

TEST_F(Info, IsJsonWhateverTheHeaderHolds) {
    Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 0});
    const Bytes noise = kit::make_noise(1024);
    // All but size, mode, axes, extended header and byte order.
    for (std::size_t at = 16; at < 1024; ++at)
        if ((at < 64 || at >= 76) && (at < 92 || at >= 96) && (at < 208 || at >= 216)) plain[at] = noise[at];
    auto fields = kit::json_fields(info_json(reader_of(plain)));
    EXPECT_EQ(fields["columns"], "8");
    EXPECT_TRUE(fields.contains("header.LABEL[9]"));
}

}  // namespace mrcz::jobs_test
