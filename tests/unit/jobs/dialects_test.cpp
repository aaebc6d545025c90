// What single programs write, through compression and back.
#include "base/byte_order.hpp"
#include "header/modes.hpp"
#include "kit/descriptors.hpp"
#include "kit/json_fields.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

using enum HeaderField;

namespace {

Header header_of(const Bytes& file) {
    Header header;
    std::copy_n(file.begin(), Header::bytes_on_disk, header.bytes().begin());
    return header;
}

Bytes with_header(Bytes file, const Header& header) {
    std::copy(header.bytes().begin(), header.bytes().end(), file.begin());
    return file;
}

/// 256 x 1 pixels of mode 0, all byte values, under a header that takes them for unsigned or for signed.
Bytes all_bytes(float least, float greatest) {
    Bytes file = kit::make_plain_file({PixelType::int8, 16, 16, 2});
    Header header = header_of(file);
    header.set_real(dmin, least);
    header.set_real(dmax, greatest);
    for (std::size_t i = 0; i < 512; ++i) file[1024 + i] = static_cast<std::byte>(i);
    return with_header(std::move(file), header);
}

/// Three volumes of four sections.
Bytes volume_stack(std::int64_t frames = 12) {
    Bytes file = kit::make_plain_file({.type = PixelType::int16, .nx = 8, .ny = 6, .nz = frames});
    Header header = header_of(file);
    header.set_integer(ispg, 401);
    header.set_integer(mz, 4);
    return with_header(std::move(file), header);
}

class Dialects : public Workplace {};

}  // namespace

TEST_F(Dialects, Mode0IsReadAsTheCallerSays) {
    for (const Bytes& file : {all_bytes(0, 255), all_bytes(-128, 127)})
        for (const Mode0 choice : {Mode0::as_signed, Mode0::as_unsigned}) {
            const bool is_signed = choice == Mode0::as_signed;
            CompressOptions options;
            options.mode0 = choice;
            const Bytes packed = compressed(file, options);
            const Reader reader = reader_of(packed);  // without any choice of its own
            EXPECT_EQ(reader.pixel_type(), is_signed ? PixelType::int8 : PixelType::uint8);
            EXPECT_EQ(reader.header().statistics().minimum, is_signed ? -128 : 0);
            EXPECT_EQ(reader.header().statistics().maximum, is_signed ? 127 : 255);
            ASSERT_EQ(reader.statistics().size(), 2U);
            EXPECT_EQ(reader.statistics()[0].maximum, is_signed ? 127 : 255);
            EXPECT_EQ(decompressed(packed), file);
        }
}

TEST_F(Dialects, Mode0ChoiceSurvivesRecompressionAndChosenFrames) {
    CompressOptions options;
    options.mode0 = Mode0::as_signed;
    const Bytes packed = compressed(all_bytes(0, 255), options);
    EXPECT_EQ(reader_of(compressed(packed)).pixel_type(), PixelType::int8);
    const Bytes frame = decompressed(packed, {.frames = "1", .limits = {}});
    EXPECT_EQ(reader_of(frame).pixel_type(), PixelType::int8);
    EXPECT_EQ(reader_of(frame).header().statistics().minimum, -128);
}

TEST_F(Dialects, Mode0ChosenWhenDecompressingReplacesStatisticsOfTheOtherSign) {
    const Bytes packed = compressed(all_bytes(0, 255));
    const DecompressOptions options{.frames = "0:2", .limits = {}, .mode0 = Mode0::as_signed};
    const Bytes frames = decompressed(packed, options);
    EXPECT_EQ(reader_of(frames).pixel_type(), PixelType::int8);
    EXPECT_EQ(header_of(frames).statistics().minimum, -128);
    EXPECT_EQ(header_of(frames).statistics().maximum, 127);
    EXPECT_TRUE(std::equal(frames.begin() + 1024, frames.begin() + 1024 + 512, all_bytes(0, 255).begin() + 1024));
    const Reader contradicted(make_memory_source(packed, "packed"), {}, Mode0::as_signed);
    EXPECT_TRUE(contradicted.statistics().empty());
    EXPECT_EQ(decompressed(packed, {.frames = {}, .limits = {}, .mode0 = Mode0::as_signed}), all_bytes(0, 255));
}

TEST_F(Dialects, VolumeStacksKeepTheirShape) {
    const Bytes file = volume_stack();
    EXPECT_EQ(reader_of(file).volume_sections(), 4);
    const Bytes packed = compressed(file);
    EXPECT_EQ(header_of(packed).integer(mz), 0);  // python-mrcz returns an array by it
    EXPECT_EQ(reader_of(packed).volume_sections(), 4);
    EXPECT_EQ(decompressed(packed), file);
    auto fields = kit::json_fields(info_json(reader_of(packed)));
    EXPECT_EQ(fields["volumes.count"], "3");
    EXPECT_EQ(fields["volumes.sections"], "4");
    EXPECT_EQ(kit::json_fields(info_json(reader_of(kit::make_plain_file({}))))["volumes"], "null");
    const Header two = header_of(decompressed(packed, {.frames = "4:12", .limits = {}}));
    EXPECT_EQ(two.integer(ispg), 401);
    EXPECT_EQ(two.integer(mz), 4);
    const Header part = header_of(decompressed(packed, {.frames = "0:3", .limits = {}}));
    EXPECT_EQ(part.integer(ispg), 0);
    EXPECT_EQ(part.integer(mz), 1);
}

TEST_F(Dialects, VolumeStacksOfTheWriterComeBackAsSuch) {
    for (const std::string codec : {"raw", "zstd"}) {
        WriterOptions options;
        options.nx = 8;
        options.ny = 6;
        options.volume_sections = 4;
        options.voxel_angstrom = {1, 2, 3};
        options.codec = codec;
        options.overwrite = true;
        Writer writer(path("volumes"), options);
        writer.append(kit::make_pixels(PixelType::int16, 8 * 6 * 12));
        (void)writer.finish();
        EXPECT_EQ(Reader(path("volumes")).volume_sections(), 4) << codec;
        const Header plain = header_of(decompressed(kit::read_file(path("volumes"))));
        EXPECT_EQ(plain.integer(ispg), 401);
        EXPECT_EQ(plain.integer(mz), 4);
        EXPECT_EQ(plain.voxel_angstrom(), (std::array<double, 3>{1, 2, 3}));
    }
}

TEST_F(Dialects, ExtendedHeaderOfABigEndianSourceIsReadInItsOrderAfterCompression) {
    Bytes file = kit::make_plain_file({PixelType::int16, 8, 6, 3, ByteOrder::big, 12});
    store(file.data() + 128, std::int16_t{4}, ByteOrder::big);
    store(file.data() + 130, std::int16_t{1 | 8}, ByteOrder::big);
    for (std::size_t i = 0; i < 3; ++i) {
        store(file.data() + 1024 + 4 * i, static_cast<std::int16_t>(100 * i), ByteOrder::big);
        store(file.data() + 1024 + 4 * i + 2, std::int16_t{290}, ByteOrder::big);
    }
    for (const Bytes& bytes : {file, compressed(file)}) {
        auto fields = kit::json_fields(info_json(reader_of(bytes)));
        EXPECT_EQ(fields["extended_header.kind"], "serialem");
        EXPECT_EQ(fields["extended_header.record_bytes"], "4");
        EXPECT_EQ(fields["extended_header.records[2].tilt_angle"], "2.0");
        EXPECT_EQ(fields["extended_header.records[0].magnification"], "29000.0");
        EXPECT_EQ(fields["extended_header.units.tilt_angle"], "deg");
    }
}

TEST_F(Dialects, AReaderOpensPipes) {
    const Bytes packed = compressed(volume_stack());
    std::string said;
    (void)kit::through_pipes(packed,
                             [&said](const Input& input, const Output&) { said = info_json(open_reader(input)); });
    EXPECT_EQ(kit::json_fields(said)["frames"], "12");
}

TEST_F(Dialects, StatisticsThatAreNotKnownAreNull) {
    Bytes file = kit::make_plain_file({});
    Header header = header_of(file);
    header.set_real(dmin, 0);
    header.set_real(dmax, -1);
    header.set_real(dmean, -2);
    header.set_real(rms, -1);
    auto fields = kit::json_fields(info_json(reader_of(with_header(std::move(file), header))));
    for (const auto* name : {"min", "max", "mean", "std"})
        EXPECT_EQ(fields["header_statistics." + std::string(name)], "null") << name;
}

}  // namespace mrcz::jobs_test
