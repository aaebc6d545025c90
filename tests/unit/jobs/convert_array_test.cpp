#include <algorithm>

#include "mrcz/convert_file.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

/// The frames of a file as an array of somebody else's.
class FramesOf final : public ArraySource {
  public:
    explicit FramesOf(const Bytes& file) : reader_(reader_of(file)) {
        const ArrayType type = array_type_of(reader_);
        facts_.container = "memory";
        facts_.place = "/frames";
        for (const std::int64_t size : type.shape) facts_.shape.push_back(static_cast<std::uint64_t>(size));
        facts_.number = *find_pixel_type(type.dtype);
    }

    ArraySourceFacts facts() const override { return facts_; }
    std::vector<std::byte> chunk(std::int64_t frame) override {
        return frame == missing ? std::vector<std::byte>{} : reader_.read_stored_frame(frame);
    }
    void pixels(std::int64_t frame, std::span<std::byte> out) override { reader_.read_frame(frame, out); }

    ArraySourceFacts facts_;
    std::int64_t missing = -1;  ///< a frame that is in no chunk

  private:
    Reader reader_;
};

}  // namespace

class ConvertArray : public Workplace {
  public:
    Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 8, ByteOrder::little, 0, 0});
    Bytes packed = compressed(plain, "zstd");

    [[nodiscard]] Bytes pixels_found() const { return pixels_of(kit::read_file(path("b.mrcz"))); }
};

TEST_F(ConvertArray, ChunksAreMovedAsTheyLie) {
    FramesOf source(packed);
    const auto result = convert_array(source, path("b.mrcz"));
    EXPECT_EQ(result.moved, 8);
    EXPECT_EQ(result.recoded, 0);
    EXPECT_EQ(pixels_found(), pixels_of(plain));
    const Reader before = reader_of(packed);
    const Reader after(path("b.mrcz"));
    for (std::int64_t frame = 0; frame < 8; ++frame)
        EXPECT_EQ(after.read_stored_frame(frame), before.read_stored_frame(frame)) << frame;
    EXPECT_NE(after.provenance().find(R"("container":"memory","dataset":"/frames")"), std::string::npos);
}

TEST_F(ConvertArray, FramesWithoutChunkAreCodedAndTold) {
    FramesOf source(packed);
    source.missing = 3;
    const auto result = convert_array(source, path("b.mrcz"));
    EXPECT_EQ(result.moved, 7);
    EXPECT_EQ(result.recoded, 1);
    EXPECT_FALSE(result.why_recoded.empty());
    EXPECT_EQ(pixels_found(), pixels_of(plain));
}

TEST_F(ConvertArray, ChunksThatMayNotBeMovedAreNotAskedFor) {
    FramesOf source(packed);
    source.facts_.why_not_moved = "its chunks are coded with gzip";
    const auto result = convert_array(source, path("b.mrcz"));
    EXPECT_EQ(result.recoded, 8);
    EXPECT_EQ(result.why_recoded, "its chunks are coded with gzip");
    EXPECT_EQ(pixels_found(), pixels_of(plain));
}

TEST_F(ConvertArray, ShapesThatAreNoFramesAreRefused) {
    for (const std::vector<std::uint64_t>& shape :
         {std::vector<std::uint64_t>{7}, std::vector<std::uint64_t>{2, 2, 2, 2, 2}, std::vector<std::uint64_t>{0, 4, 4},
          std::vector<std::uint64_t>{1, std::uint64_t{1} << 40, 4}}) {
        FramesOf source(packed);
        source.facts_.shape = shape;
        EXPECT_THROW((void)convert_array(source, path("b.mrcz")), Error) << shape.size();
        EXPECT_FALSE(std::filesystem::exists(path("b.mrcz")));
    }
}

TEST_F(ConvertArray, FramesThreeColumnsWideAreNoColoursUnlessTheArraySaysSo) {
    plain = kit::make_plain_file({PixelType::int8, 3, 13, 8, ByteOrder::little, 0, 0});
    packed = compressed(plain, "zstd");
    FramesOf source(packed);
    source.facts_.number = PixelType::uint8;
    source.facts_.shape = {2, 4, 13, 3};
    (void)convert_array(source, path("b.mrcz"), {.mode0 = Mode0::as_unsigned});
    const Reader scan(path("b.mrcz"));
    EXPECT_EQ(scan.frames(), 8);
    EXPECT_EQ(scan_shape_of(scan), (ScanShape{2, 4}));
    source.facts_.shape = {8, 1, 13, 3};
    source.facts_.attributes = R"({"interpretation":"rgb-image"})";
    (void)convert_array(source, path("b.mrcz"), {.overwrite = true});
    EXPECT_EQ(Reader(path("b.mrcz")).pixel_type(), PixelType::rgb8);
}

TEST_F(ConvertArray, AttributesGoBesideMetadataThatWentAlong) {
    CompressOptions options;
    options.metadata = Metadata::from_json(R"({"a":1})").converted_to(MetadataFormat::msgpack);
    kit::write_file(path("a.mrcz"), compressed(plain, options));
    FramesOf source(kit::read_file(path("a.mrcz")));
    source.facts_.attributes = R"({"a":2,"b":[1.5,null],"mrc":)" + carried_json(path("a.mrcz")).text + "}";
    const auto result = convert_array(source, path("b.mrcz"));
    ASSERT_EQ(result.left_behind.size(), 1U);
    EXPECT_NE(result.left_behind[0].find("attribute a"), std::string::npos);
    EXPECT_EQ(Reader(path("b.mrcz")).metadata()->to_json(), R"({"a":1,"b":[1.5,null]})");
    EXPECT_EQ(Reader(path("b.mrcz")).metadata()->format(), MetadataFormat::msgpack);
}

TEST_F(ConvertArray, WhatIsCarriedGivesTheOriginalBack) {
    const Bytes whole = kit::make_plain_file({PixelType::int16, 19, 13, 8, ByteOrder::little, 77, 5});
    CompressOptions options;
    options.metadata = some_metadata();
    kit::write_file(path("a.mrcz"), compressed(whole, options));
    const CarriedJson carried = carried_json(path("a.mrcz"));
    EXPECT_TRUE(carried.left_behind.empty());
    FramesOf source(kit::read_file(path("a.mrcz")));
    source.facts_.attributes = R"({"mrc":)" + carried.text + "}";
    EXPECT_EQ(convert_array(source, path("b.mrcz")).moved, 8);
    EXPECT_EQ(Reader(path("b.mrcz")).metadata()->to_json(), some_metadata().to_json());
    EXPECT_EQ(decompressed(kit::read_file(path("b.mrcz"))), whole);
}

}  // namespace mrcz::jobs_test
