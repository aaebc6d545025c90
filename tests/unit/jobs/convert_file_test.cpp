#include "mrcz/convert_file.hpp"

#include <gtest/gtest.h>

#include "kit/files.hpp"
#include "kit/images.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;

class ConvertFile : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const ContainerInfo* const container = container_of("b" + GetParam());
        ASSERT_NE(container, nullptr);
        if (!container->here) GTEST_SKIP() << container->why_not;
    }

    /// A file of `type` as plain MRC and compressed.
    void make(PixelType type, const std::string& codec = "zstd") {
        original_ = kit::make_plain_file({.type = type, .extended_bytes = 77, .trailing_bytes = 5});
        kit::write_file(folder_ / "a.mrc", original_);
        CompressOptions options;
        options.codec = codec;
        options.metadata = Metadata::from_json(R"({"sample":"catalase"})");
        compress(Input::file(folder_ / "a.mrc"), Output::file(folder_ / "a.mrcz"), options);
    }
    Bytes restored(const fs::path& path) {
        decompress(Input::file(path), Output::file(folder_ / "back.mrc", true));
        return kit::read_file(folder_ / "back.mrc");
    }
    fs::path target() { return folder_ / ("b" + GetParam()); }

    kit::TemporaryFolder folder_;
    Bytes original_;
};

TEST_P(ConvertFile, FramesAreMovedThereAndBackAndTheOriginalComesBack) {
    for (const PixelType type : kit::pixel_types_with_a_mode()) {
        if (type == PixelType::uint4) continue;
        make(type);
        const auto there = convert_file(folder_ / "a.mrcz", target(), {.overwrite = true});
        EXPECT_EQ(there.moved, 5) << info_of(type).name;
        const auto back = convert_file(target(), folder_ / "c.mrcz", {.overwrite = true});
        EXPECT_EQ(back.moved, 5) << info_of(type).name << back.why_recoded;
        EXPECT_EQ(restored(folder_ / "c.mrcz"), original_) << info_of(type).name;
        EXPECT_EQ(Reader(folder_ / "c.mrcz").metadata()->to_json(), R"({"sample":"catalase"})");
        fs::remove(folder_ / "a.mrcz");
    }
}

TEST_P(ConvertFile, PlainFilesComeBackByteForByte) {
    make(PixelType::uint16);
    const auto there = convert_file(folder_ / "a.mrc", target());
    EXPECT_EQ(there.recoded, 5);
    EXPECT_EQ(there.why_recoded, "plain MRC is not compressed");
    convert_file(target(), folder_ / "c.mrcz");
    EXPECT_EQ(restored(folder_ / "c.mrcz"), original_);
}

TEST_P(ConvertFile, FramesOfOwnCodecsAreCodedAnew) {
    make(PixelType::int16, "rans");
    const auto there = convert_file(folder_ / "a.mrcz", target());
    EXPECT_EQ(there.recoded, 5);
    EXPECT_NE(there.why_recoded.find("rans"), std::string::npos);
    const auto back = convert_file(target(), folder_ / "c.mrcz", {.codec = "rans"});
    EXPECT_EQ(back.recoded, 5);
    EXPECT_EQ(Reader(folder_ / "c.mrcz").codec().name, "rans");
    EXPECT_EQ(restored(folder_ / "c.mrcz"), original_);
}

TEST_P(ConvertFile, AScanKeepsItsShape) {
    original_ = kit::make_plain_file({.type = PixelType::uint16, .nz = 6});
    kit::write_file(folder_ / "a.mrc", original_);
    convert_file(folder_ / "a.mrc", target(), {.scan = ScanShape{2, 3}});
    convert_file(target(), folder_ / "c.mrcz");
    EXPECT_EQ(scan_shape_of(Reader(folder_ / "c.mrcz")), (ScanShape{2, 3}));
    EXPECT_THROW(convert_file(folder_ / "a.mrc", target(), {.scan = ScanShape{4, 2}, .overwrite = true}), Error);
}

TEST_P(ConvertFile, WhatIsThereStaysAndNothingHalfWrittenIsLeft) {
    make(PixelType::int16);
    convert_file(folder_ / "a.mrcz", target());
    EXPECT_THROW(convert_file(folder_ / "a.mrcz", target()), Error);
    EXPECT_NO_THROW(convert_file(folder_ / "a.mrcz", target(), {.overwrite = true}));
    Bytes damaged = kit::read_file(folder_ / "a.mrcz");
    damaged[1024 + 77 + 60] ^= std::byte{4};
    kit::write_file(folder_ / "d.mrcz", damaged);
    EXPECT_THROW(convert_file(folder_ / "d.mrcz", folder_ / ("d" + GetParam())), Error);
    for (const auto& entry : fs::directory_iterator(folder_.path()))
        EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
    EXPECT_FALSE(fs::exists(folder_ / ("d" + GetParam())));
}

TEST_P(ConvertFile, WritesThroughALinkToAFile) {
    if (GetParam() == ".zarr") GTEST_SKIP() << "a folder";
    make(PixelType::int16);
    kit::write_file(folder_ / "elsewhere", Bytes(5));
    fs::create_symlink("elsewhere", target());
    EXPECT_THROW(convert_file(folder_ / "a.mrcz", target()), Error);
    convert_file(folder_ / "a.mrcz", target(), {.overwrite = true});
    EXPECT_TRUE(fs::is_symlink(target()));
    EXPECT_GT(fs::file_size(folder_ / "elsewhere"), 1024U);
    convert_file(target(), folder_ / "c.mrcz");
    EXPECT_EQ(restored(folder_ / "c.mrcz"), original_);
}

TEST_P(ConvertFile, PixelsOfFourBitsHaveNoArray) {
    make(PixelType::uint4);
    EXPECT_THROW(convert_file(folder_ / "a.mrcz", target()), Error);
    EXPECT_EQ(convert_file(folder_ / "a.mrcz", target(), {.dtype = PixelType::int8}).recoded, 5);
}

TEST_P(ConvertFile, ToPlainMrcGoesMetadataToo) {
    make(PixelType::float32);
    convert_file(folder_ / "a.mrcz", target());
    convert_file(target(), folder_ / "plain.mrc");
    const Reader plain(folder_ / "plain.mrc");
    EXPECT_EQ(plain.codec().id, 0);
    EXPECT_EQ(plain.metadata()->to_json(), R"({"sample":"catalase"})");
    std::vector<std::byte> pixels(5 * plain.frame_bytes());
    plain.read_frames(0, 5, pixels);
    EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), original_.begin() + 1024 + 77));
}

class EditedZarr : public testing::Test {
  protected:
    void SetUp() override {
        kit::write_file(folder_ / "a.mrc", kit::make_plain_file({.type = PixelType::int16}));
        CompressOptions options;
        options.metadata = Metadata::from_json(R"({"sample":"catalase","dose":1})");
        compress(Input::file(folder_ / "a.mrc"), Output::file(folder_ / "a.mrcz"), options);
        link_as_zarr(folder_ / "a.mrcz", folder_ / "b.zarr");
    }
    /// The folder's description with `before` replaced by `after`, and what becomes of it.
    ConvertFileResult edited(const std::string& before, const std::string& after) {
        const Bytes stored = kit::read_file(folder_ / "b.zarr" / "zarr.json");
        std::string text(reinterpret_cast<const char*>(stored.data()), stored.size());
        const std::size_t at = text.find(before);
        EXPECT_NE(at, std::string::npos) << text;
        text.replace(at, before.size(), after);
        const auto bytes = std::as_bytes(std::span(text));
        kit::write_file(folder_ / "b.zarr" / "zarr.json", Bytes(bytes.begin(), bytes.end()));
        return convert_file(folder_ / "b.zarr", folder_ / "c.mrcz");
    }
    std::string metadata() { return Reader(folder_ / "c.mrcz").metadata()->to_json(); }

    kit::TemporaryFolder folder_;
};

TEST_F(EditedZarr, UntouchedItIsTheSameFile) {
    EXPECT_TRUE(convert_file(folder_ / "b.zarr", folder_ / "c.mrcz").left_behind.empty());
    EXPECT_EQ(kit::read_file(folder_ / "c.mrcz"), kit::read_file(folder_ / "a.mrcz"));
}

TEST_F(EditedZarr, AttributesThatWereAddedBecomeMetadata) {
    const auto result = edited(R"("attributes": {)", R"("attributes": {"added": [true, "hello"],)");
    EXPECT_TRUE(result.left_behind.empty());
    EXPECT_EQ(result.moved, 5);
    EXPECT_EQ(metadata(), R"({"sample":"catalase","dose":1,"added":[true,"hello"]})");
}

TEST_F(EditedZarr, MetadataThatWereEditedAreTaken) {
    EXPECT_TRUE(edited(R"("dose": 1)", R"("dose": 2)").left_behind.empty());
    EXPECT_EQ(metadata(), R"({"sample":"catalase","dose":2})");
}

TEST_F(EditedZarr, WhatIsNotTakenIsNamed) {
    const auto result = edited(R"("attributes": {)", R"("attributes": {"dose": 7,)");
    ASSERT_EQ(result.left_behind.size(), 1U);
    EXPECT_NE(result.left_behind[0].find("attribute dose"), std::string::npos);
    EXPECT_EQ(metadata(), R"({"sample":"catalase","dose":1})");
}

TEST_F(EditedZarr, AnEditedHeaderIsNamed) {
    const auto result = edited(R"("NX": )", R"("NX": 1)");
    EXPECT_EQ(result.left_behind, (std::vector<std::string>{"what was changed in attribute mrc: header"}));
}

INSTANTIATE_TEST_SUITE_P(Containers, ConvertFile, testing::Values(".zarr", ".h5", ".nxs"),
                         [](const auto& row) { return row.param.substr(1); });

TEST(ContainerOf, IsToldByTheEnding) {
    EXPECT_EQ(container_of("a/b.mrcs")->name, "mrc");
    EXPECT_EQ(container_of("b.mrczs")->name, "mrcz");
    EXPECT_EQ(container_of("b.zarr/")->name, "zarr");
    EXPECT_EQ(container_of("b.nxs")->name, "hdf5");
    EXPECT_EQ(container_of("b.tif"), nullptr);
    EXPECT_EQ(container_of("b"), nullptr);
}

TEST(ScanShapeText, IsRowsAndColumns) {
    EXPECT_EQ(ScanShape::parse("64,128"), (ScanShape{64, 128}));
    EXPECT_EQ(ScanShape::parse("1x2"), (ScanShape{1, 2}));
    for (const std::string_view text : {"", "5", "5,", ",5", "0,5", "-1,5", "5,5,5", "a,b", "5, 5"})
        EXPECT_THROW((void)ScanShape::parse(text), Error) << text;
}

}  // namespace
}  // namespace mrcz
