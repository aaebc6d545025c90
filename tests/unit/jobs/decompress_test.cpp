#include <cmath>

#include "kit/descriptors.hpp"
#include "mrcz/process.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Decompress : public Workplace {
  public:
    static Bytes some_frames(const Bytes& pixels, std::int64_t first, std::int64_t last, std::int64_t frames) {
        const auto size = static_cast<std::ptrdiff_t>(pixels.size()) / frames;
        return {pixels.begin() + first * size, pixels.begin() + last * size};
    }
};

TEST_F(Decompress, RangeOfFramesGetsAFreshHeader) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 8, order, 77, 33});
        const Bytes pixels = pixels_of(plain);
        for (const Bytes& input : {compressed(plain, "zstd"), plain})
            for (const auto& [text, first, last] :
                 {std::tuple{"2:5", 2, 5}, {":1", 0, 1}, {"-1:", 7, 8}, {"3", 3, 4}, {":", 0, 8}}) {
                DecompressOptions options;
                options.frames = text;
                const Bytes file = decompressed(input, options);
                const Reader reader = reader_of(file);
                EXPECT_EQ(reader.frames(), last - first) << text;
                EXPECT_EQ(pixels_of(file), some_frames(pixels, first, last, 8)) << text;
                EXPECT_EQ(reader.codec().id, 0);
                EXPECT_FALSE(reader.is_big_endian());
                EXPECT_EQ(reader.header().integer(HeaderField::nversion), 20141);
                EXPECT_EQ(reader.header().integer(HeaderField::packed_bytes), 0);
                EXPECT_EQ(reader.extended_header(), reader_of(plain).extended_header());
                EXPECT_EQ(reader.file_bytes(), 1024 + 77 + pixels.size() / 8 * static_cast<std::size_t>(last - first));
                EXPECT_FALSE(has_rule(reader.findings(), "MRC-F01"));
            }
    }
}

TEST_F(Decompress, RangeOfFramesHasTheirStatistics) {
    WriterOptions options;
    options.nx = 4;
    options.ny = 1;
    options.codec = "zstd";
    Bytes pixels;
    for (const int frame : {1, 2, 3})
        for (int i = 0; i < 4; ++i) append_le(pixels, static_cast<std::int16_t>(10 * frame + i));
    Writer writer(path("three"), options);
    writer.append(pixels);
    writer.finish();
    DecompressOptions range;
    range.frames = "1:3";
    const Header header = reader_of(decompressed(kit::read_file(path("three")), range)).header();
    EXPECT_EQ(header.real(HeaderField::dmin), 20.0F);
    EXPECT_EQ(header.real(HeaderField::dmax), 33.0F);
    EXPECT_EQ(header.real(HeaderField::dmean), 26.5F);
}

TEST_F(Decompress, StatisticsThatNobodyKeptAreTakenFromThePixels) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 4, ByteOrder::big, 7, 0});
    DecompressOptions range;
    range.frames = "1:3";
    const Header kept = reader_of(decompressed(compressed(plain, "zstd"), range)).header();
    const Header taken = reader_of(decompressed(plain, range)).header();
    EXPECT_EQ(taken.real(HeaderField::dmax), kept.real(HeaderField::dmax));
    EXPECT_EQ(taken.real(HeaderField::dmean), kept.real(HeaderField::dmean));
    EXPECT_EQ(taken.real(HeaderField::rms), kept.real(HeaderField::rms));
    const Bytes piped =
        kit::through_pipes(plain, [&](const Input& in, const Output& out) { (void)decompress(in, out, range); });
    const Header unknown = reader_of(piped).header();
    EXPECT_LT(unknown.real(HeaderField::dmax), unknown.real(HeaderField::dmin)) << "the header went out before";
    EXPECT_LT(unknown.real(HeaderField::rms), 0);
    EXPECT_EQ(pixels_of(piped), pixels_of(decompressed(plain, range)));
}

TEST_F(Decompress, FilesOfNoOriginalBecomeValidPlainFiles) {
    for (const PixelType type : kit::pixel_types_with_a_mode())
        for (const bool volume : {false, true}) {
            WriterOptions options;
            options.nx = 20;
            options.ny = 10;
            options.type = type;
            options.is_volume = volume;
            options.voxel_angstrom = {1.5, 1.25, 2};
            options.overwrite = true;
            Writer writer(path("written"), options);
            writer.append(kit::make_pixels(type, 3 * 200));
            writer.finish();
            const Bytes plain = decompressed(kit::read_file(path("written")));
            const Reader reader = reader_of(plain);
            EXPECT_EQ(pixels_of(plain), kit::make_pixels(type, 3 * 200));
            EXPECT_EQ(reader.header().integer(HeaderField::ispg), volume ? 1 : 0);
            EXPECT_EQ(reader.header().integer(HeaderField::mz), volume ? 3 : 1);
            EXPECT_EQ(reader.header().voxel_angstrom(), (std::array<double, 3>{1.5, 1.25, 2}));
            for (const Finding& finding : reader.findings()) EXPECT_EQ(finding.rule, "MRC-H04") << finding.message;
        }
}

TEST_F(Decompress, PlainFileIsCopied) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 8, ByteOrder::big, 77, 33});
    EXPECT_EQ(decompressed(plain), plain);
}

TEST_F(Decompress, WrongRangesAreTheCallersErrorsAndLeaveNothing) {
    kit::write_file(path("in"), compressed(kit::make_plain_file({}), "zstd"));
    std::filesystem::remove(path("out"));
    for (const char* range : {"5:", "x", "3:2", "0:6"}) {
        DecompressOptions options;
        options.frames = range;
        const Error error =
            kit::error_of([&] { (void)decompress(Input::file(path("in")), Output::file(path("out")), options); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << range;
        EXPECT_EQ(names(), std::vector<std::string>{"in"});
    }
}

TEST_F(Decompress, SaysThatMetadataStayBehind) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({});
    const Bytes packed = compressed(plain, options);
    RunContext context;
    std::string said;
    context.log = [&](std::string_view message) { said += message; };
    EXPECT_EQ(decompressed(packed, {}, context), plain);
    EXPECT_NE(said.find("metadata"), std::string::npos) << said;
    said.clear();
    (void)decompressed(compressed(plain, "zstd"), {}, context);
    EXPECT_TRUE(said.empty()) << said;
}

TEST_F(Decompress, MetadataWithoutAnOriginalGoWithThePixels) {
    WriterOptions options;
    options.nx = 6;
    options.ny = 5;
    options.metadata = Metadata::from_json(R"({"grid":"C-flat"})");
    Writer writer(path("written"), options);
    writer.append(kit::make_pixels(PixelType::int16, 60));
    writer.finish();
    const Reader reader = reader_of(decompressed(kit::read_file(path("written"))));
    EXPECT_EQ(reader.codec().id, 0);
    ASSERT_TRUE(reader.metadata());
    EXPECT_EQ(reader.metadata()->to_json(), R"({"grid":"C-flat"})");
}

TEST_F(Decompress, SaysThatTheRecordOfCorrectionsStaysBehind) {
    WriterOptions written;
    written.nx = 6;
    written.ny = 5;
    Writer writer(path("raw"), written);
    writer.append(kit::make_pixels(PixelType::int16, 60));
    writer.finish();
    ProcessOptions correction;
    correction.outliers.emplace();
    (void)ProcessSession({path("raw")}, correction, {}).process(0, Output::file(path("corrected")), {});
    const Bytes corrected = kit::read_file(path("corrected"));
    std::string said;
    RunContext context;
    context.log = [&said](std::string_view message) { said += message; };
    EXPECT_TRUE(reader_of(decompressed(corrected, {}, context)).provenance().empty());
    EXPECT_NE(said.find("--keep-metadata"), std::string::npos) << said;
    said.clear();
    DecompressOptions options;
    options.keep_metadata = true;
    EXPECT_EQ(reader_of(decompressed(corrected, options, context)).provenance(), reader_of(corrected).provenance());
    EXPECT_TRUE(said.empty()) << said;
}

TEST_F(Decompress, SaysThatAnEditedHeaderIsNotRestored) {
    Bytes packed = compressed(kit::make_plain_file({}), "zstd");
    packed[40] ^= std::byte{1};  // CELLA
    std::string said;
    RunContext context;
    context.log = [&said](std::string_view message) { said += message; };
    EXPECT_EQ(decompressed(packed, {}, context), kit::make_plain_file({}));
    EXPECT_NE(said.find("header"), std::string::npos) << said;
}

TEST_F(Decompress, ResultCountsTheFramesItWrote) {
    kit::write_file(path("in"), compressed(kit::make_plain_file({}), "zstd"));
    DecompressOptions options;
    options.frames = "1:3";
    const JobResult result = decompress(Input::file(path("in")), Output::file(path("some")), options);
    EXPECT_EQ(result.frames, 2);
    EXPECT_EQ(result.bytes_in, std::filesystem::file_size(path("in")));
    EXPECT_EQ(result.bytes_out, std::filesystem::file_size(path("some")));
    EXPECT_EQ(decompress(Input::file(path("in")), Output::file(path("all"))).frames, 5);
}

TEST_F(Decompress, ExistingOutputSurvivesADamagedInput) {
    const Bytes packed = compressed(kit::make_plain_file({}), "zstd");
    kit::write_file(path("in"), kit::with_flipped_bit(packed, 8 * 1100));
    kit::write_file(path("out"), Bytes(5));
    EXPECT_EQ(
        kit::error_of([&] { (void)decompress(Input::file(path("in")), Output::file(path("out"), true)); }).group(),
        ErrorGroup::data);
    EXPECT_EQ(kit::read_file(path("out")), Bytes(5));
    EXPECT_EQ(names(), (std::vector<std::string>{"in", "out"}));
}

}  // namespace mrcz::jobs_test
