#include "mrcz/writer.hpp"

#include <cmath>

#include "header/modes.hpp"
#include "kit/codec_trials.hpp"
#include "mrcz/thread_executor.hpp"
#include "unit/container/files.hpp"

namespace mrcz::container_test {

TEST(Writer, GivesBackEveryPixelTypeInEveryCodec) {
    for (const std::string_view codec : kit::writing_codecs())
        for (const PixelType type : kit::pixel_types_with_a_mode()) {
            if (!kit::takes(codec, type)) continue;
            SCOPED_TRACE(testing::Message() << codec << " " << info_of(type).name);
            const WriterOptions options = options_of(type, std::string(codec));
            const Reader reader = reader_of(written(options, 3));
            EXPECT_EQ(reader.frames(), 3);
            EXPECT_EQ(reader.columns(), 31);
            EXPECT_EQ(reader.rows(), 17);
            EXPECT_EQ(reader.pixel_type(), type);
            EXPECT_EQ(reader.codec().name, codec);
            EXPECT_TRUE(reader.has_random_access());
            EXPECT_FALSE(reader.is_big_endian());
            EXPECT_EQ(all_pixels(reader), pixels_for(options, 3));
            for (const Finding& finding : reader.findings()) EXPECT_EQ(finding.rule, "MRC-H04") << finding.message;
        }
}

TEST(Writer, FramesMayComeInAnyPortions) {
    for (const char* codec : {"raw", "zstd"}) {
        const WriterOptions options = options_of(PixelType::int16, codec);
        const Bytes pixels = pixels_for(options, 7);
        const std::size_t frame = frame_bytes_of(options);
        const kit::TemporaryFolder folder;
        Writer writer(folder / "file", options);
        writer.append({});
        writer.append(std::span(pixels).first(frame));
        writer.append(std::span(pixels).subspan(frame, 4 * frame));
        writer.append(std::span(pixels).subspan(5 * frame));
        writer.finish();
        EXPECT_EQ(kit::read_file(folder / "file"), written(options, 7)) << codec;
    }
}

TEST(Writer, BytesDoNotDependOnThreads) {
    for (const char* codec : {"raw", "zstd", "lz4"}) {
        const WriterOptions options = options_of(PixelType::uint16, codec, 67, 45);
        const Bytes expected = written(options, 20);
        for (const unsigned threads : {1U, 2U, 5U}) {
            ThreadExecutor executor(threads);
            EXPECT_EQ(written(options, 20, 1, {.executor = &executor, .progress = {}, .cancel = nullptr, .log = {}}),
                      expected)
                << codec << " " << threads;
        }
    }
}

TEST(Writer, PlainStackHasAStandardHeader) {
    WriterOptions options = options_of(PixelType::int16, "raw");
    options.voxel_angstrom = {1.5, 1.25, 2};
    options.label = "a label";
    const Bytes file = written(options, 3);
    EXPECT_EQ(file.size(), 1024 + 3 * frame_bytes_of(options));
    const Reader reader = reader_of(file);
    const Header& header = reader.header();
    EXPECT_EQ(header.integer(HeaderField::mode), 1);
    EXPECT_EQ(header.integer(HeaderField::ispg), 0);
    EXPECT_EQ(header.integer(HeaderField::mx), 31);
    EXPECT_EQ(header.integer(HeaderField::my), 17);
    EXPECT_EQ(header.integer(HeaderField::mz), 1);
    EXPECT_EQ(header.integer(HeaderField::nversion), 20141);
    EXPECT_EQ(header.text(HeaderField::map), "MAP ");
    EXPECT_EQ(header.text(HeaderField::machst), std::string_view("DD\0\0", 4));
    EXPECT_EQ(header.label(0), "a label");
    EXPECT_TRUE(header.label(1).starts_with("MRCZ"));
    EXPECT_EQ(header.integer(HeaderField::nlabl), 2);
    EXPECT_EQ(header.voxel_angstrom(), (std::array<double, 3>{1.5, 1.25, 2}));
}

TEST(Writer, PlainVolumeCountsItsSectionsInTheCell) {
    WriterOptions options = options_of(PixelType::float32, "raw");
    options.is_volume = true;
    options.voxel_angstrom = {2, 2, 4};
    const Reader reader = reader_of(written(options, 5));
    EXPECT_EQ(reader.header().integer(HeaderField::ispg), 1);
    EXPECT_EQ(reader.header().integer(HeaderField::mz), 5);
    EXPECT_EQ(reader.header().real(HeaderField::cell_c), 20.0F);
    EXPECT_EQ(reader.header().voxel_angstrom(), (std::array<double, 3>{2, 2, 4}));
}

TEST(Writer, CompressedHeaderIsWhatPythonMrczReads) {
    WriterOptions options = options_of(PixelType::uint16, "lz4hc");
    options.voxel_angstrom = {1.5, 1.25, 2};
    options.voltage_kv = 300;
    options.spherical_aberration_mm = 2.7F;
    options.detector_gain = 1.5F;
    const Bytes file = written(options, 4);
    const Header header = reader_of(file).header();
    EXPECT_EQ(header.integer(HeaderField::mode), 3006);
    EXPECT_EQ(header.integer(HeaderField::mx), 31);
    EXPECT_EQ(header.integer(HeaderField::mz), 0);
    EXPECT_EQ(header.real(HeaderField::cell_a), 1.5F * 31);
    EXPECT_EQ(header.real(HeaderField::cell_c), 2.0F * 4);
    EXPECT_EQ(header.voxel_angstrom(), (std::array<double, 3>{1.5, 1.25, 2}));
    EXPECT_TRUE(header.label(0).starts_with("MRCZ"));
    EXPECT_EQ(load_le<float>(&file[132]), 300.0F);
    EXPECT_EQ(load_le<float>(&file[136]), 2.7F);
    EXPECT_EQ(load_le<float>(&file[140]), 1.5F);
    const auto packed = static_cast<std::size_t>(load_le<std::int64_t>(&file[144]));
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(&file[1024 + packed]), 8), "MRCZFOOT");
    EXPECT_EQ(reader_of(file).stored_data_bytes(), packed);
}

TEST(Writer, ListsSayTheirSlicesInMz) {
    for (const char* codec : {"raw", "zstd"})
        for (const std::int64_t slices : {1, 3}) {
            WriterOptions options = options_of(PixelType::int16, codec);
            options.slices_per_item = slices;
            options.voxel_angstrom = {1.5, 1.25, 2};
            options.label = "not for lists";
            const Reader reader = reader_of(written(options, 6));
            const Header& header = reader.header();
            EXPECT_EQ(header.integer(HeaderField::mz), slices);
            EXPECT_EQ(header.integer(HeaderField::ispg), 0);
            EXPECT_TRUE(header.label(0).starts_with("MRCZ"));
            EXPECT_EQ(header.integer(HeaderField::nlabl), 1);
            EXPECT_EQ(header.voxel_angstrom(), (std::array<double, 3>{1.5, 1.25, 2})) << codec << slices;
            if (reader.codec().id != 0) {
                EXPECT_EQ(header.real(HeaderField::cell_c), 2.0F * 6) << "python-mrcz divides by NZ";
            }
            EXPECT_EQ(all_pixels(reader), pixels_for(options, 6));
            EXPECT_TRUE(reader.findings().empty());
        }
}

TEST(Writer, CellOfAPlainStackMaySpanAllSections) {
    WriterOptions options = options_of(PixelType::int16, "raw");
    options.cell_spans_stack = true;
    options.voxel_angstrom = {1.5, 1.25, 2};
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "file", written(options, 3));
    const auto expect_sections = [&](std::int64_t sections) {
        const Header header = Reader(folder / "file").header();
        EXPECT_EQ(header.integer(HeaderField::ispg), 0);
        EXPECT_EQ(header.integer(HeaderField::mz), sections);
        EXPECT_EQ(header.real(HeaderField::cell_c), 2.0F * static_cast<float>(sections));
        EXPECT_EQ(header.voxel_angstrom(), options.voxel_angstrom);
    };
    expect_sections(3);
    Writer writer = Writer::extending(folder / "file");
    writer.append(pixels_for(options, 2));
    writer.finish();
    expect_sections(5);
}

TEST(Writer, ListsThatGrowKeepTheirSlices) {
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec);
        options.slices_per_item = 3;
        options.voxel_angstrom = {1.5, 1.25, 2};
        const kit::TemporaryFolder folder;
        kit::write_file(folder / "file", written(options, 3));
        Writer writer = Writer::extending(folder / "file");
        writer.append(pixels_for(options, 3, 2));
        writer.finish();
        const Reader reader(folder / "file");
        EXPECT_EQ(reader.header().integer(HeaderField::mz), 3) << codec;
        EXPECT_EQ(reader.header().voxel_angstrom(), (std::array<double, 3>{1.5, 1.25, 2})) << codec;
    }
}

TEST(Writer, ExtendedHeaderStandsBeforeThePixels) {
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec);
        options.extended_header = Bytes(13, std::byte{7});
        options.extended_type = "MRCO";
        const Reader reader = reader_of(written(options, 2));
        EXPECT_EQ(reader.extended_header(), options.extended_header) << codec;
        EXPECT_EQ(reader.header().text(HeaderField::exttyp), "MRCO");
        EXPECT_EQ(all_pixels(reader), pixels_for(options, 2));
    }
}

TEST(Writer, JsonInTheExtendedHeaderIsFilledUpWithBlanks) {
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec);
        const std::string_view json = R"({"dose":[1,2]})";
        const auto bytes = std::as_bytes(std::span(json));
        options.extended_header.assign(bytes.begin(), bytes.end());
        options.extended_type = "json";
        const Reader reader = reader_of(written(options, 2));
        EXPECT_EQ(reader.header().integer(HeaderField::nsymbt), 16);
        EXPECT_EQ(reader.extended_header().back(), std::byte{' '});
        ASSERT_TRUE(reader.metadata());
        EXPECT_EQ(reader.metadata()->to_json(), json);
        EXPECT_EQ(all_pixels(reader), pixels_for(options, 2));
    }
}

TEST(Writer, PlainFilesMayBeBigEndian) {
    for (const PixelType type : kit::pixel_types_with_a_mode()) {
        WriterOptions options = options_of(type, "raw");
        options.big_endian = true;
        options.label = "MRCZ big-endian";
        options.metadata = some_metadata();
        options.voxel_angstrom = {1.5, 1.25, 2};
        const Bytes file = written(options, 3);
        EXPECT_EQ(file[212], std::byte{0x11});
        EXPECT_EQ(file[223], std::byte{1}) << "one label, big-endian";
        const Reader reader = reader_of(file);
        EXPECT_TRUE(reader.is_big_endian());
        EXPECT_EQ(reader.pixel_type(), type);
        EXPECT_EQ(all_pixels(reader), pixels_for(options, 3));
        EXPECT_EQ(reader.header().voxel_angstrom(), options.voxel_angstrom);
        EXPECT_EQ(reader.metadata()->to_json(), some_metadata().to_json());
        EXPECT_FALSE(has_finding(reader, "MRCZ-D01"));
    }
}

TEST(Writer, CompressedFilesAreLittleEndianWhateverIsAsked) {
    WriterOptions options = options_of(PixelType::int16, "zstd");
    const Bytes expected = written(options, 2);
    options.big_endian = true;
    EXPECT_EQ(written(options, 2), expected);
}

TEST(Writer, FramesOfAPlainFileMayBeReplaced) {
    for (const bool big_endian : {false, true})
        for (const bool with_footer : {false, true}) {
            WriterOptions options = options_of(PixelType::int16, "raw");
            options.big_endian = big_endian;
            if (with_footer) options.metadata = some_metadata();
            const kit::TemporaryFolder folder;
            kit::write_file(folder / "file", written(options, 4));
            const std::size_t frame = frame_bytes_of(options);
            const Bytes fresh = pixels_for(options, 3, 2);
            Writer writer =
                Writer::extending(folder / "file", {.coding = {}, .live = {}, .limits = {}, .replace_from = 2});
            writer.append(fresh);
            writer.finish();
            Bytes expected = pixels_for(options, 4);
            expected.resize(2 * frame);
            expected.insert(expected.end(), fresh.begin(), fresh.end());
            const Reader reader(folder / "file");
            EXPECT_EQ(reader.frames(), 5);
            EXPECT_EQ(all_pixels(reader), expected) << big_endian << with_footer;
            EXPECT_TRUE(reader.findings().empty());
            if (with_footer) {
                EXPECT_NE(reader.provenance().find(R"("step":"replace","first":2,"last":3)"), std::string::npos);
                EXPECT_EQ(reader.metadata()->to_json(), some_metadata().to_json());
                EXPECT_EQ(reader.statistics().size(), 5U);
            } else {
                EXPECT_TRUE(std::isnan(reader.header().statistics().mean)) << "nothing tells what was replaced";
            }
        }
}

TEST(Writer, ReplacementThatIsGivenUpLeavesEveryByte) {
    for (const bool with_footer : {false, true}) {
        WriterOptions options = options_of(PixelType::int16, "raw");
        if (with_footer) options.metadata = some_metadata();
        const Bytes before = written(options, 4);
        const kit::TemporaryFolder folder;
        kit::write_file(folder / "file", before);
        {
            Writer writer =
                Writer::extending(folder / "file", {.coding = {}, .live = {}, .limits = {}, .replace_from = 2});
            writer.append(pixels_for(options, 3, 2));
            EXPECT_TRUE(has_finding(Reader(folder / "file"), "MRCZ-D03")) << "it is being written";
        }
        EXPECT_EQ(kit::read_file(folder / "file"), before) << with_footer;
        EXPECT_FALSE(std::filesystem::exists(folder / "file.journal"));
    }
}

TEST(Writer, LiveCommitsAndReplacedFramesExclude) {
    const kit::TemporaryFolder folder;
    const Bytes before = written(options_of(PixelType::int16, "raw"), 4);
    kit::write_file(folder / "file", before);
    const Error error = kit::error_of([&] {
        (void)Writer::extending(folder / "file",
                                {.coding = {}, .live = LiveOptions{}, .limits = {}, .replace_from = 2});
    });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(kit::read_file(folder / "file"), before);
}

TEST(Writer, FramesThatCannotBeReplacedAreRefused) {
    const kit::TemporaryFolder folder;
    const auto refused = [&](const char* codec, std::int64_t from) {
        const Bytes before = written(options_of(PixelType::int16, codec), 3);
        kit::write_file(folder / "file", before);
        const Error error = kit::error_of([&] {
            (void)Writer::extending(folder / "file", {.coding = {}, .live = {}, .limits = {}, .replace_from = from});
        });
        EXPECT_EQ(kit::read_file(folder / "file"), before);
        return error.code();
    };
    EXPECT_EQ(refused("raw", -1), ErrorCode::invalid_argument);
    EXPECT_EQ(refused("raw", 4), ErrorCode::invalid_argument);
    EXPECT_EQ(refused("zstd", 2), ErrorCode::unsupported);
}

TEST(Writer, StatisticsAreThoseOfThePixels) {
    WriterOptions options = options_of(PixelType::int16, "zstd", 4, 2);
    Bytes pixels;
    for (const int value : {-3, 1, 1, 1, 1, 1, 1, 5, 100, 100, 100, 100, 100, 100, 100, 100})
        append_le(pixels, static_cast<std::int16_t>(value));
    const kit::TemporaryFolder folder;
    Writer writer(folder / "file", options);
    writer.append(pixels);
    writer.finish();
    const Reader reader(folder / "file");
    const auto statistics = reader.statistics();
    ASSERT_EQ(statistics.size(), 2U);
    EXPECT_EQ(statistics[0], (FrameStatistics{-3, 5, 1, 2, 0}));
    EXPECT_EQ(statistics[1], (FrameStatistics{100, 100, 100, 0, 0}));
    EXPECT_EQ(reader.header().real(HeaderField::dmin), -3.0F);
    EXPECT_EQ(reader.header().real(HeaderField::dmax), 100.0F);
    EXPECT_EQ(reader.header().real(HeaderField::dmean), 50.5F);
    EXPECT_NEAR(reader.header().real(HeaderField::rms), std::sqrt(2.0 + 49.5 * 49.5), 1e-5);
}

TEST(Writer, ComplexPixelsHaveNoStatistics) {
    const Reader reader = reader_of(written(options_of(PixelType::complex_float32, "zstd"), 2));
    ASSERT_EQ(reader.statistics().size(), 2U);
    EXPECT_TRUE(std::isnan(reader.statistics()[0].minimum));
    EXPECT_LT(reader.header().real(HeaderField::dmax), reader.header().real(HeaderField::dmin));
    EXPECT_LT(reader.header().real(HeaderField::rms), 0);
}

TEST(Writer, MetadataReadBackInBothFormats) {
    for (const char* codec : {"raw", "zstd"})
        for (const MetadataFormat format : {MetadataFormat::json, MetadataFormat::msgpack}) {
            WriterOptions options = options_of(PixelType::int16, codec);
            options.metadata = some_metadata().converted_to(format);
            const Bytes file = written(options, 2);
            const Reader reader = reader_of(file);
            ASSERT_TRUE(reader.metadata());
            EXPECT_EQ(reader.metadata()->format(), format);
            EXPECT_TRUE(std::ranges::equal(reader.metadata()->stored(), options.metadata->stored()));
            EXPECT_EQ(reader.metadata()->to_json(), some_metadata().to_json());
            EXPECT_EQ(all_pixels(reader), pixels_for(options, 2));
            EXPECT_FALSE(reader.provenance().empty());
        }
}

TEST(Writer, LargeMetadataAreCompressed) {
    WriterOptions options = options_of(PixelType::int16, "zstd");
    options.metadata = Metadata::from_json("[" + std::string(100'000, ' ') + "1]");
    const Reader reader = reader_of(written(options, 1));
    EXPECT_LT(reader.file_bytes(), 10'000U);
    EXPECT_EQ(reader.metadata()->stored().size(), 100'003U);
}

TEST(Writer, PlainFileWithoutMetadataHasNoFooter) {
    const Reader reader = reader_of(written(options_of(PixelType::int16, "raw"), 2));
    EXPECT_TRUE(reader.sections().empty());
    EXPECT_FALSE(reader.metadata());
    EXPECT_TRUE(reader.provenance().empty());
    EXPECT_TRUE(reader.statistics().empty());
}

TEST(Writer, InheritsWhatAnotherHeaderSaysOfTheSpecimen) {
    Header other;
    const std::array axes{2, 3, 1};
    constexpr std::array axis_fields{HeaderField::mapc, HeaderField::mapr, HeaderField::maps};
    constexpr std::array angle_fields{HeaderField::cell_alpha, HeaderField::cell_beta, HeaderField::cell_gamma};
    for (std::size_t i = 0; i < 3; ++i) {
        other.set_integer(axis_fields[i], axes[i]);
        other.set_real(angle_fields[i], 60);
    }
    other.set_integer(HeaderField::nxstart, -7);
    other.set_real(HeaderField::origin_y, 12.5F);
    other.set_integer(HeaderField::ispg, 19);
    for (std::size_t i = 0; i < Header::label_count; ++i)
        other.set_text(HeaderField::label, "label " + std::to_string(i), i);
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec);
        options.is_volume = true;
        options.voxel_angstrom = {1, 2, 3};
        options.like = HeaderToInherit{other, false};
        const Reader reader = reader_of(written(options, 5));
        const Header& header = reader.header();
        for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(header.integer(axis_fields[i]), axes[i]);
        EXPECT_EQ(header.real(HeaderField::cell_alpha), 60);
        EXPECT_EQ(header.integer(HeaderField::nxstart), -7);
        EXPECT_EQ(header.real(HeaderField::origin_y), 12.5F);
        EXPECT_EQ(header.integer(HeaderField::ispg), 19);
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_NEAR(header.voxel_angstrom()[i], static_cast<double>(i) + 1, 1e-6) << codec << i;
        const std::size_t mrcz_place = std::string_view(codec) == "raw" ? 1 : 0;
        EXPECT_TRUE(header.label(mrcz_place).starts_with("MRCZ"));
        EXPECT_EQ(header.label(1 - mrcz_place), "label 0");
        EXPECT_EQ(header.label(9), "label 8");
        EXPECT_EQ(header.integer(HeaderField::nlabl), 10);
    }
}

TEST(Writer, StepsOfBeforeStandBeforeItsOwn) {
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec);
        options.earlier_steps = R"([{"step":"process","lossless":false}])";
        const std::string steps = reader_of(written(options, 2)).provenance();
        EXPECT_TRUE(steps.starts_with(R"([{"step":"process","lossless":false},{"step":"write")")) << steps;
        options.earlier_steps = "[{";
        EXPECT_THROW(written(options, 2), Error);
    }
}

TEST(Writer, WithoutFramesWritesAnEmptyStack) {
    for (const char* codec : {"raw", "zstd"}) {
        const kit::TemporaryFolder folder;
        Writer writer(folder / "file", options_of(PixelType::int16, codec));
        writer.finish();
        const Reader reader(folder / "file");
        EXPECT_EQ(reader.frames(), 0);
        EXPECT_TRUE(all_pixels(reader).empty());
        EXPECT_FALSE(has_finding(reader, "MRCZ-D01"));
    }
}

TEST(Writer, SmallestFrameIsOnePixel) {
    for (const std::string_view codec : kit::writing_codecs())
        for (const PixelType type : kit::pixel_types_with_a_mode()) {
            if (!kit::takes(codec, type)) continue;
            const WriterOptions options = options_of(type, std::string(codec), 1, 1);
            EXPECT_EQ(all_pixels(reader_of(written(options, 2))), pixels_for(options, 2)) << codec;
        }
}

TEST(Writer, WithoutFinishNothingAppears) {
    const kit::TemporaryFolder folder;
    {
        Writer writer(folder / "file", options_of(PixelType::int16, "zstd"));
        writer.append(pixels_for(options_of(PixelType::int16, "zstd"), 2));
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Writer, ExistingFileIsKeptUnlessOverwritingIsAskedFor) {
    const kit::TemporaryFolder folder;
    WriterOptions options = options_of(PixelType::int16, "zstd");
    kit::write_file(folder / "file", Bytes(5));
    EXPECT_EQ(kit::error_of([&] { const Writer writer(folder / "file", options); }).code(), ErrorCode::target_exists);
    options.overwrite = true;
    {
        Writer abandoned(folder / "file", options);
        abandoned.append(pixels_for(options, 1));
    }
    EXPECT_EQ(kit::read_file(folder / "file"), Bytes(5));
    Writer writer(folder / "file", options);
    writer.append(pixels_for(options, 1));
    writer.finish();
    EXPECT_EQ(Reader(folder / "file").frames(), 1);
}

TEST(Writer, FileThatAppearsMeanwhileIsKept) {
    const kit::TemporaryFolder folder;
    const WriterOptions options = options_of(PixelType::int16, "zstd");
    Writer writer(folder / "file", options);
    writer.append(pixels_for(options, 1));
    kit::write_file(folder / "file", Bytes(5));
    EXPECT_EQ(kit::error_of([&] { writer.finish(); }).code(), ErrorCode::target_exists);
    EXPECT_EQ(kit::read_file(folder / "file"), Bytes(5));
}

TEST(Writer, PartsOfFramesAreRefused) {
    const kit::TemporaryFolder folder;
    const WriterOptions options = options_of(PixelType::int16, "zstd");
    Writer writer(folder / "file", options);
    for (const std::size_t bytes : {std::size_t{1}, frame_bytes_of(options) - 1, frame_bytes_of(options) + 1}) {
        const Error error = kit::error_of([&] { writer.append(Bytes(bytes)); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(error.context(), (folder / "file").string());
    }
    writer.append(pixels_for(options, 2));
    writer.finish();
    EXPECT_EQ(Reader(folder / "file").frames(), 2);
}

TEST(Writer, OptionsThatCannotBeAreRefused) {
    const kit::TemporaryFolder folder;
    const auto refused = [&](const WriterOptions& options) {
        const Error error = kit::error_of([&] { const Writer writer(folder / "file", options); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.message();
        return error.message();
    };
    const std::string advice = refused(options_of(PixelType::uint8, "zstd"));
    EXPECT_NE(advice.find("int8, uint16 or uint4"), std::string::npos) << advice;
    for (const std::int64_t size : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 31, std::int64_t{1} << 62}) {
        (void)refused(options_of(PixelType::int16, "zstd", size, 1));
        (void)refused(options_of(PixelType::int16, "raw", 1, size));
    }
    EXPECT_NE(refused(options_of(PixelType::int16, "zap")).find("zap"), std::string::npos);
    (void)refused(options_of(PixelType::int16, "snappy"));
    // 2^61 pixels and some: their bytes would count from 0 again.
    (void)refused(options_of(PixelType::complex_float32, "raw", 1'518'500'250, 1'518'500'250));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Writer, MissingFolderIsNotFound) {
    const kit::TemporaryFolder folder;
    const auto path = folder.path() / "no" / "file";
    const Error error = kit::error_of([&] { const Writer writer(path, options_of(PixelType::int16, "zstd")); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
}

TEST(Writer, ProgressCountsFramesUp) {
    const kit::TemporaryFolder folder;
    const WriterOptions options = options_of(PixelType::int16, "zstd");
    ThreadExecutor executor(3);
    std::vector<std::int64_t> done;
    const RunContext context{.executor = &executor,
                             .progress = [&](const ProgressUpdate& update) { done.push_back(update.frames_done); },
                             .cancel = nullptr,
                             .log = {}};
    Writer writer(folder / "file", options);
    writer.append(pixels_for(options, 5), context);
    EXPECT_EQ(done, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST(Writer, ThatFailedFinishesNothing) {
    for (const char* codec : {"raw", "zstd"}) {
        const kit::TemporaryFolder folder;
        const WriterOptions options = options_of(PixelType::int16, codec);
        const Bytes pixels = pixels_for(options, 3);
        Writer writer(folder / "file", options);
        writer.append(pixels);
        EXPECT_THROW(writer.append(std::span(pixels).first(1)), Error);
        writer.append(pixels);  // a wrong argument changes nothing
        const RunContext fails{.executor = nullptr,
                               .progress = [](const ProgressUpdate&) { throw std::runtime_error("no more"); },
                               .cancel = nullptr,
                               .log = {}};
        EXPECT_THROW(writer.append(pixels, fails), std::runtime_error);
        EXPECT_EQ(kit::error_of([&] { writer.append(pixels); }).code(), ErrorCode::invalid_argument) << codec;
        EXPECT_EQ(kit::error_of([&] { writer.finish(); }).code(), ErrorCode::invalid_argument) << codec;
        EXPECT_FALSE(std::filesystem::exists(folder / "file"));
    }
}

TEST(Writer, CancelledLeavesNothing) {
    const kit::TemporaryFolder folder;
    const WriterOptions options = options_of(PixelType::int16, "zstd");
    CancelToken token;
    const RunContext context{
        .executor = nullptr, .progress = [&](const ProgressUpdate&) { token.cancel(); }, .cancel = &token, .log = {}};
    {
        Writer writer(folder / "file", options);
        EXPECT_EQ(kit::error_of([&] { writer.append(pixels_for(options, 5), context); }).code(), ErrorCode::cancelled);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace mrcz::container_test
