#include "header/compose.hpp"
#include "header/modes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "header/converted.hpp"
#include "header/rules.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"
#include "mrcz/version.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using header::FreshImage;
using header::Layout;
using enum HeaderField;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr std::uint16_t zstd = 6;
const std::string our_label = std::string("MRCZ") + version;

using Voxel = std::array<double, 3>;

Layout layout_of(const Header& header) { return header::read_layout(header.bytes(), Limits{}); }
Header compressed(const Header& header) { return header::compressed_header(layout_of(header), zstd); }
Header plain(const Header& header) { return header::plain_header(layout_of(header), header.nz()); }

void expect_no_findings(const Header& header) {
    for (const Finding& finding : header::check_rules(header::read_ordered(header.bytes())))
        ADD_FAILURE() << finding.rule << " " << finding.field << ": " << finding.message;
}

std::vector<std::string> labels(const Header& header) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < Header::label_count; ++i)
        if (!header.label(i).empty()) found.emplace_back(header.label(i));
    return found;
}

Header with_labels(Header header, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < Header::label_count; ++i) header.set_text(label, i < texts.size() ? texts[i] : "", i);
    header.set_integer(nlabl, static_cast<std::int64_t>(texts.size()));
    return header;
}

Header with_cell(Header header, float x, float y, float z) {
    header.set_real(cell_a, x);
    header.set_real(cell_b, y);
    header.set_real(cell_c, z);
    return header;
}

Header with_microscope(Header header) {
    header.set_real(voltage, 300);
    header.set_real(spherical_aberration, 2.7F);
    header.set_real(detector_gain, 1.5F);
    return header;
}

/// As python-mrcz 0.5 writes a compressed stack.
Header of_python_mrcz() {
    Header header = with_microscope(with_labels(with(clean_header(), mode, 6001), {"MRCZ0.5.7"}));
    for (const HeaderField field : {mx, my, mz, nversion}) header.set_integer(field, 0);
    return with_stamp(with_cell(header, 96, 72, 14), "DA");
}

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

}  // namespace

TEST(IsOurs, FromVersionOneOn) {
    const auto ours = [](std::string_view text) {
        return header::is_ours(with_labels(clean_header(), {std::string(text)}));
    };
    EXPECT_TRUE(ours("MRCZ1.0.0"));
    EXPECT_TRUE(ours("MRCZ10.0"));
    EXPECT_TRUE(ours("MRCZ1"));
    EXPECT_TRUE(ours(header::mrcz_label()));
    for (const auto* text : {"MRCZ0.5.7", "MRCZ0.6.0", "MRCZx", "MRCZ", "MRCZ-1.0", "MRCZ 1.0", "mrcz1.0.0",
                             "Written by MRCZ1.0.0", "", "MRCZ99999999999999999999"})
        EXPECT_FALSE(ours(text)) << text;
}

TEST(IsOurs, OnlyByTheFirstLabel) {
    EXPECT_FALSE(header::is_ours(with_labels(clean_header(), {"Written by mrcz", "MRCZ1.0.0"})));
}

TEST(CompressedHeader, HasTheCodecInModeAndTheShapeOfItsSource) {
    const Header header = compressed(clean_header());
    EXPECT_EQ(header.integer(mode), 6001);
    EXPECT_EQ(header.nx(), 64);
    EXPECT_EQ(header.ny(), 48);
    EXPECT_EQ(header.nz(), 7);
    EXPECT_EQ(header.integer(mx), 64);
    EXPECT_EQ(header.integer(my), 48);
    EXPECT_EQ(header.integer(mz), 0);
    expect_no_findings(header);
}

TEST(CompressedHeader, RecompressingReplacesTheCodec) {
    const Header header = header::compressed_header(layout_of(compressed(clean_header())), 2);
    EXPECT_EQ(header.integer(mode), 2001);
    EXPECT_EQ(labels(header), (std::vector<std::string>{our_label, "Clean"}));
}

TEST(CompressedHeader, KeepsTheVoxelWhateverTheSampling) {
    EXPECT_EQ(compressed(clean_header()).voxel_angstrom(), (Voxel{1.5, 1.5, 1.5}));
    const Header binned = with(with(with(clean_header(), mx, 128), my, 24), mz, 14);
    EXPECT_EQ(compressed(binned).voxel_angstrom(), binned.voxel_angstrom());
    const Header single = with(with(with(clean_header(), mx, 1), my, 1), mz, 1);
    EXPECT_EQ(compressed(single).voxel_angstrom(), single.voxel_angstrom());
    const Header unsampled = with(with(with(clean_header(), mx, 0), my, 0), mz, 0);
    EXPECT_EQ(compressed(unsampled).voxel_angstrom(), unsampled.voxel_angstrom());
    EXPECT_EQ(compressed(of_python_mrcz()).voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
}

TEST(CompressedHeader, IsReadAlikeByCellOverPixelsAndByCellOverSamples) {
    const Header header = compressed(with(clean_header(), mx, 32));
    EXPECT_EQ(header.real(cell_a) / 64, 3);
    EXPECT_EQ(header.real(cell_b) / 48, 1.5);
    EXPECT_EQ(header.real(cell_c) / 7, 1.5);
}

TEST(CompressedHeader, SamplingFollowsPermutedAxes) {
    const Header source = with_axes(with(with(with(clean_header(), mx, 48), my, 7), mz, 64), 3, 1, 2);
    const Header header = compressed(source);
    EXPECT_EQ(header.integer(mx), 48);
    EXPECT_EQ(header.integer(my), 7);
    EXPECT_EQ(header.integer(mz), 0);
    EXPECT_EQ(header.voxel_angstrom(), source.voxel_angstrom());
}

TEST(CompressedHeader, OddCellsStayAsTheyAreBitForBit) {
    for (const float edge : {nan, -nan, infinity, -infinity, -96.0F, 0.0F, -0.0F, 1e-42F, 2.27e20F}) {
        const Header source = with(with_cell(clean_header(), edge, edge, edge), mz, 7);
        const Header header = compressed(source);
        for (const HeaderField field : {cell_a, cell_b, cell_c})
            EXPECT_EQ(bits(header.real(field)), bits(edge)) << info_of(field).name << ' ' << edge;
    }
}

TEST(CompressedHeader, CellsThatNeedNoScalingKeepTheirBits) {
    for (int i = 1; i < 2000; ++i) {
        const float edge = 0.1F + static_cast<float>(i) * 0.37F;
        const Header sampled = with(with_cell(clean_header(), edge, edge, edge), mz, 7);
        const Header unsampled = with(with(with(sampled, mx, 0), my, 0), mz, 0);
        for (const Header& source : {sampled, unsampled})
            for (const HeaderField field : {cell_a, cell_b, cell_c})
                ASSERT_EQ(bits(compressed(source).real(field)), bits(edge)) << edge;
    }
}

TEST(CompressedHeader, CellBeyondWhatAFloatHoldsStaysFinite) {
    const Header header = compressed(with(with_cell(clean_header(), 3e38F, -3e38F, 1), mx, 1));
    EXPECT_EQ(header.real(cell_a), std::numeric_limits<float>::max());
    EXPECT_EQ(header.real(cell_b), -3e38F);
}

TEST(CompressedHeader, LabelsMoveDownAndTheTenthFallsOut) {
    std::vector<std::string> ten;
    for (int i = 1; i <= 10; ++i) ten.push_back("label " + std::to_string(i));
    const Header header = compressed(with_labels(clean_header(), ten));
    std::vector<std::string> expected{our_label};
    expected.insert(expected.end(), ten.begin(), ten.end() - 1);
    EXPECT_EQ(labels(header), expected);
    EXPECT_EQ(header.integer(nlabl), 10);
}

TEST(CompressedHeader, LabelsKeepTheirBytes) {
    Header source = with_labels(clean_header(), {"x"});
    source.set_text(label, "zeros behind", 0, '\0');
    source.set_text(label, std::string(80, '\xe9'), 1);
    const Header header = compressed(source);
    EXPECT_EQ(header.text(label, 1), source.text(label, 0));
    EXPECT_EQ(header.text(label, 2), source.text(label, 1));
    EXPECT_EQ(header.integer(nlabl), 3);
}

TEST(CompressedHeader, MrczLabelIsReplacedNotRepeated) {
    EXPECT_EQ(labels(compressed(of_python_mrcz())), std::vector<std::string>{our_label});
    EXPECT_EQ(labels(compressed(with_labels(clean_header(), {"MRCZ0.5.7", "second"}))),
              (std::vector<std::string>{our_label, "second"}));
}

TEST(CompressedHeader, MrczFieldsOfForeignFilesAreReset) {
    const Header header = compressed(with_microscope(clean_header()));
    EXPECT_EQ(header.real(voltage), 0);
    EXPECT_EQ(header.real(spherical_aberration), 0);
    EXPECT_EQ(header.real(detector_gain), 1);
}

TEST(CompressedHeader, MrczFieldsOfMrczFilesAreKept) {
    const Header second = with_microscope(with_labels(clean_header(), {"Written by mrcz", "MRCZ1.0.0"}));
    for (const Header& source : {of_python_mrcz(), second}) {
        const Header header = compressed(source);
        EXPECT_EQ(header.real(voltage), 300);
        EXPECT_EQ(header.real(spherical_aberration), 2.7F);
        EXPECT_EQ(header.real(detector_gain), 1.5F);
    }
}

TEST(CompressedHeader, IsLittleEndianAndMarkedSo) {
    Header source = big_endian(clean_header());
    source.set_text(map, "");
    const Header header = compressed(source);
    EXPECT_EQ(header.text(machst), std::string_view("DD\0\0", 4));
    EXPECT_EQ(header.text(map), "MAP ");
    EXPECT_EQ(header.nx(), 64);
    EXPECT_EQ(header::read_ordered(header.bytes()).order, ByteOrder::little);
}

TEST(CompressedHeader, KeepsEverythingElse) {
    Header source = clean_header();
    const HeaderField kept[] = {nxstart, nystart, nzstart,    ispg,       nsymbt, creatid, nversion,
                                nint,    nreal,   imod_stamp, imod_flags, idtype, vd1};
    int number = 100;
    for (const HeaderField field : kept) source.set_integer(field, ++number);
    source.set_text(exttyp, "SERI");
    source.set_real(origin_x, -7.5F);
    source.set_real(tilt_angles, 60, 5);
    const Header header = compressed(source);
    for (const HeaderField field : kept) EXPECT_EQ(header.integer(field), source.integer(field)) << info_of(field).name;
    EXPECT_EQ(header.text(exttyp), "SERI");
    EXPECT_EQ(header.real(origin_x), -7.5F);
    EXPECT_EQ(header.real(tilt_angles, 5), 60);
}

TEST(PlainHeader, StackHasSpaceGroupZeroAndOneSectionASample) {
    const Header header = plain(of_python_mrcz());
    EXPECT_EQ(header.integer(mode), 1);
    EXPECT_EQ(header.integer(ispg), 0);
    EXPECT_EQ(header.integer(mx), 64);
    EXPECT_EQ(header.integer(my), 48);
    EXPECT_EQ(header.integer(mz), 1);
    EXPECT_EQ(header.integer(packed_bytes), 0);
    EXPECT_EQ(header.integer(nversion), 20141);
    EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
    expect_no_findings(header);
}

TEST(PlainHeader, VolumeHasAsManySamplesAsSections) {
    for (const std::int64_t group : {1, 19, 230}) {
        const Header source = with(compressed(clean_header()), ispg, group);
        const Header header = plain(source);
        EXPECT_EQ(header.integer(ispg), group);
        EXPECT_EQ(header.integer(mz), 7);
        EXPECT_EQ(header.real(cell_c), 10.5F);
        EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.5, 1.5}));
        expect_no_findings(header);
    }
}

TEST(PlainHeader, GroupsThatAreNoVolumesBecomeStacks) {
    for (const std::int64_t group : {-1, 0, 231, 0x00010001}) {
        const Header header = plain(with(clean_header(), ispg, group));
        EXPECT_EQ(header.integer(ispg), 0);
        EXPECT_EQ(header.integer(mz), 1);
    }
}

TEST(PlainHeader, FewerFramesKeepTheVoxel) {
    const Header stack = header::plain_header(layout_of(of_python_mrcz()), 3);
    EXPECT_EQ(stack.nz(), 3);
    EXPECT_EQ(stack.integer(mz), 1);
    EXPECT_EQ(stack.voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
    const Header volume = header::plain_header(layout_of(with(of_python_mrcz(), ispg, 1)), 3);
    EXPECT_EQ(volume.integer(mz), 3);
    EXPECT_EQ(volume.voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
    EXPECT_EQ(header::plain_header(layout_of(of_python_mrcz()), 0).nz(), 0);
}

TEST(PlainHeader, AxesThatAreNoOrderAreRepaired) {
    const Header header = plain(with_axes(clean_header(), 0, 0, 0));
    EXPECT_EQ(header.integer(mapc), 1);
    EXPECT_EQ(header.integer(mapr), 2);
    EXPECT_EQ(header.integer(maps), 3);
    const Header permuted = plain(with_axes(clean_header(), 3, 1, 2));
    EXPECT_EQ(permuted.integer(mapc), 3);
    EXPECT_EQ(permuted.integer(mapr), 1);
    EXPECT_EQ(permuted.integer(maps), 2);
}

TEST(PlainHeader, CellIsFiniteAndNotNegativeWhateverTheSource) {
    for (const float edge : {nan, infinity, -infinity, -96.0F, 3e38F, 0.0F})
        for (const std::int64_t samples : {0, 1, 64}) {
            Header source = with_cell(clean_header(), edge, edge, edge);
            for (const HeaderField field : {mx, my, mz}) source.set_integer(field, samples);
            const Header header = plain(with(source, ispg, 1));
            for (const HeaderField field : {cell_a, cell_b, cell_c}) {
                EXPECT_TRUE(std::isfinite(header.real(field))) << edge << " / " << samples;
                EXPECT_GE(header.real(field), 0) << edge << " / " << samples;
            }
        }
}

TEST(PlainHeader, FirstLabelIsForPeopleAndTheSecondIsOurs) {
    using Labels = std::vector<std::string>;
    EXPECT_EQ(labels(plain(of_python_mrcz())), (Labels{"Written by mrcz", our_label}));
    EXPECT_EQ(labels(plain(compressed(clean_header()))), (Labels{"Clean", our_label}));
    EXPECT_EQ(labels(plain(with_labels(clean_header(), {}))), (Labels{"Written by mrcz", our_label}));
    const Header several = plain(with_labels(clean_header(), {"MRCZ1.0.0", "one", "", "two", "MRCZ0.9"}));
    EXPECT_EQ(labels(several), (Labels{"one", our_label, "two"}));
    EXPECT_EQ(several.integer(nlabl), 3);
    expect_no_findings(several);
}

TEST(PlainHeader, TenLabelsLoseTheLast) {
    std::vector<std::string> ten;
    for (int i = 1; i <= 10; ++i) ten.push_back("label " + std::to_string(i));
    const Header header = plain(with_labels(clean_header(), ten));
    EXPECT_EQ(header.label(0), "label 1");
    EXPECT_EQ(header.label(1), our_label);
    EXPECT_EQ(header.label(9), "label 9");
    EXPECT_EQ(header.integer(nlabl), 10);
}

TEST(PlainHeader, IsStableUnderRepetition) {
    const Header once = plain(of_python_mrcz());
    EXPECT_EQ(plain(once).bytes(), once.bytes());
}

TEST(FreshHeader, SatisfiesEveryRuleForEveryPixelType) {
    for (const PixelType type : kit::pixel_types_with_a_mode())
        for (const std::uint16_t codec : {std::uint16_t{0}, zstd})
            for (const bool volume : {false, true}) {
                FreshImage image;
                image.nx = 64;
                image.ny = 48;
                image.type = type;
                image.is_volume = volume;
                Header header = header::fresh_header(image, codec);
                header::set_extent(header, 7, {1.5, 1.5, 2});
                header::set_statistics(header, {});
                for (const Finding& finding : header::check_rules({header, ByteOrder::little}))
                    EXPECT_EQ(finding.rule, "MRC-H04") << finding.message;
                const Layout layout = layout_of(header);
                EXPECT_EQ(layout.type, type);
                EXPECT_EQ(layout.codec_id, codec);
                EXPECT_EQ(header.integer(ispg), volume ? 1 : 0);
                EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.5, 2}));
            }
}

TEST(FreshHeader, CarriesTheMicroscope) {
    FreshImage image;
    image.nx = image.ny = 8;
    image.voltage_kv = 200;
    image.spherical_aberration_mm = 1.4F;
    image.detector_gain = 2;
    const Header header = header::fresh_header(image, zstd);
    EXPECT_EQ(header.real(voltage), 200);
    EXPECT_EQ(header.real(spherical_aberration), 1.4F);
    EXPECT_EQ(header.real(detector_gain), 2);
    EXPECT_EQ(header::fresh_header({.nx = 1, .ny = 1, .label = {}}, zstd).real(detector_gain), 1);
}

TEST(FreshHeader, LabelsAreThoseOfItsKind) {
    using Labels = std::vector<std::string>;
    FreshImage image;
    image.nx = image.ny = 8;
    EXPECT_EQ(labels(header::fresh_header(image, zstd)), Labels{our_label});
    EXPECT_EQ(labels(header::fresh_header(image, 0)), (Labels{"Written by mrcz", our_label}));
    image.label = "From a camera";
    EXPECT_EQ(labels(header::fresh_header(image, 0)), (Labels{"From a camera", our_label}));
    EXPECT_EQ(header::fresh_header(image, 0).integer(nlabl), 2);
    EXPECT_TRUE(header::is_ours(header::fresh_header(image, zstd)));
    EXPECT_FALSE(header::is_ours(header::fresh_header(image, 0)));
}

TEST(FreshHeader, LabelsThatDoNotFitAreRefused) {
    const auto trouble = [](const std::string& label) -> std::string {
        FreshImage image;
        image.nx = image.ny = 8;
        image.label = label;
        std::string said;
        for (const std::uint16_t codec : {std::uint16_t{0}, zstd}) {
            said.clear();
            try {
                (void)header::fresh_header(image, codec);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
                said = error.what();
            }
        }
        return said;
    };
    const auto says = [&](const std::string& label, std::string_view part) {
        return trouble(label).find(part) != std::string::npos;
    };
    EXPECT_EQ(trouble(std::string(80, 'x')), "");
    const std::string long_one(81, 'x');
    EXPECT_TRUE(says(long_one, long_one) && says(long_one, "81 bytes") && says(long_one, "80 fit"));
    std::string wide;
    for (int i = 0; i < 41; ++i) wide += "\xC3\x85";
    EXPECT_TRUE(says(wide, "82 bytes long in UTF-8"));
    EXPECT_EQ(trouble(wide.substr(2)), "");
    EXPECT_TRUE(says("two\nlines", "byte 3") && says("two\nlines", "control character 10"));
    EXPECT_TRUE(says(std::string("a\0b", 3), "control character 0"));
    EXPECT_TRUE(says("\x7F", "control character 127"));
}

TEST(FreshHeader, ListsKeepTheirVoxelWhenCompressedAndWhenMadePlain) {
    for (const std::uint16_t codec : {std::uint16_t{0}, zstd}) {
        FreshImage image;
        image.nx = 64;
        image.ny = 48;
        image.slices_per_item = 3;
        Header header = header::fresh_header(image, codec);
        header::set_extent(header, 6, {1.5, 1.25, 2}, {.slices_per_item = 3, .spans_stack = false});
        EXPECT_EQ(header.voxel_angstrom(), (Voxel{1.5, 1.25, 2}));
        EXPECT_EQ(header::compressed_header(layout_of(header), zstd).voxel_angstrom(), (Voxel{1.5, 1.25, 2})) << codec;
        EXPECT_EQ(plain(header).voxel_angstrom(), (Voxel{1.5, 1.25, 2})) << codec;
        const Layout converted = header::converted_layout(layout_of(header), PixelType::float32);
        EXPECT_EQ(header::plain_header(converted, 6).voxel_angstrom(), (Voxel{1.5, 1.25, 2})) << codec;
    }
}

TEST(FreshHeader, LabelOfMrczStandsAlone) {
    using Labels = std::vector<std::string>;
    FreshImage image;
    image.nx = image.ny = 8;
    image.label = "MRCZ big-endian";
    EXPECT_EQ(labels(header::fresh_header(image, 0)), Labels{"MRCZ big-endian"});
    EXPECT_FALSE(header::is_ours(header::fresh_header(image, 0)));
    image.slices_per_item = 1;
    image.label = "a list has no other";
    EXPECT_EQ(labels(header::fresh_header(image, 0)), Labels{our_label});
}

TEST(FreshHeader, PixelsWithoutAModeAreRefused) {
    FreshImage image;
    image.nx = image.ny = 8;
    image.type = PixelType::uint8;
    const Error error = kit::error_of([&] { (void)header::fresh_header(image, 0); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(error.message().find("uint8"), std::string::npos);
}

TEST(FreshHeader, ShapesThatCannotBeWrittenAreRefused) {
    const std::int64_t most = std::numeric_limits<std::int32_t>::max();
    for (const auto& [columns, rows] :
         {std::pair<std::int64_t, std::int64_t>{0, 8}, {8, 0}, {-1, 8}, {most + 1, 8}, {8, most + 1}}) {
        FreshImage image;
        image.nx = columns;
        image.ny = rows;
        EXPECT_EQ(kit::error_of([&] { (void)header::fresh_header(image, 0); }).code(), ErrorCode::invalid_argument);
    }
}

TEST(SetExtent, SamplesFollowTheKindOfFile) {
    FreshImage image;
    image.nx = 64;
    image.ny = 48;
    const auto samples_along_z = [&](std::uint16_t codec, bool volume) {
        image.is_volume = volume;
        Header header = header::fresh_header(image, codec);
        header::set_extent(header, 7, {1, 1, 1});
        EXPECT_EQ(header.nz(), 7);
        EXPECT_EQ(header.integer(mx), 64);
        EXPECT_EQ(header.integer(my), 48);
        return header.integer(mz);
    };
    EXPECT_EQ(samples_along_z(0, false), 1);
    EXPECT_EQ(samples_along_z(0, true), 7);
    EXPECT_EQ(samples_along_z(zstd, false), 0);
    EXPECT_EQ(samples_along_z(zstd, true), 0);
}

TEST(SetExtent, MayBeSetAgainAsFramesArrive) {
    FreshImage image;
    image.nx = 64;
    image.ny = 48;
    for (const std::uint16_t codec : {std::uint16_t{0}, zstd}) {
        Header header = header::fresh_header(image, codec);
        for (const std::int64_t frames : {0, 1, 1000}) {
            header::set_extent(header, frames, {0.5, 0.25, 2});
            EXPECT_EQ(header.nz(), frames);
            if (frames > 0) {
                EXPECT_EQ(header.voxel_angstrom(), (Voxel{0.5, 0.25, 2}));
            }
        }
    }
}

TEST(SetStatistics, KnownOnesAreWritten) {
    Header header = clean_header();
    header::set_statistics(header, {-3, 250.5, 17.25, 4.5, 0});
    EXPECT_EQ(header.real(dmin), -3);
    EXPECT_EQ(header.real(dmax), 250.5F);
    EXPECT_EQ(header.real(dmean), 17.25F);
    EXPECT_EQ(header.real(rms), 4.5F);
}

TEST(SetStatistics, DeviationOfFloat16IsLeftOutWhereItsSquaresOverflow) {
    for (const std::int64_t codec : {0, 6})
        for (const auto& [deviation, fits] : {std::pair{10.0, true}, {300.0, false}}) {
            Header header = clean_header();
            header.set_integer(HeaderField::mode, 12 + 1000 * codec);
            header.set_integer(HeaderField::nx, 10);
            header.set_integer(HeaderField::ny, 10);
            header.set_integer(HeaderField::nz, 5);
            header::set_statistics(header, {-3, 250.5, 17.25, deviation, 0});
            EXPECT_EQ(header.real(dmax), 250.5F);
            EXPECT_EQ(header.real(rms), fits || codec != 0 ? static_cast<float>(deviation) : -1) << codec;
        }
}

TEST(SetStatistics, WhatIsCertainStaysBesideWhatIsNot) {
    for (const double scale : {0.25, 1e8, 1e30, 3e38}) {
        Header header = with(clean_header(), mode, 2);
        header::set_statistics(header, {-scale, scale, scale * 1e-15, scale * 1e-9, 0});
        const FrameStatistics found = header.statistics();
        const auto most = static_cast<double>(static_cast<float>(scale));
        EXPECT_EQ(found.minimum, -most);
        EXPECT_EQ(found.maximum, most);
        EXPECT_EQ(std::isnan(found.mean), scale > 1e7) << scale;
    }
}

TEST(SetStatistics, NaNPixelsLeaveThePlainHeaderWithoutAny) {
    for (const int number : {2, 12, 6002}) {
        Header header = with(clean_header(), mode, number);
        header::set_statistics(header, {-3, 250.5, 17.25, 4.5, 1});
        EXPECT_EQ(std::isnan(header.statistics().minimum), number < 1000);
        expect_no_findings(header);
    }
}

TEST(SetStatistics, UnknownOnesAreTheStandardsSentinels) {
    const FrameStatistics unknown[] = {{nan, nan, nan, nan, 0}, {nan, nan, nan, nan, 100}};
    for (const FrameStatistics& statistics : unknown) {
        Header header = clean_header();
        header::set_statistics(header, statistics);
        EXPECT_LT(header.real(dmax), header.real(dmin));
        EXPECT_LT(header.real(dmean), std::min(header.real(dmin), header.real(dmax)));
        EXPECT_LT(header.real(rms), 0);
        expect_no_findings(header);
    }
}

TEST(SetStatistics, UnknownOnesDoNotMakeUnsignedBytesSigned) {
    for (const int number : {0, 5, 6000}) {
        Header header = with_real(with_real(with(clean_header(), mode, number), dmin, 0), dmax, 200);
        header::set_statistics(header, {nan, nan, nan, nan, 0});
        EXPECT_EQ(layout_of(header).type, PixelType::uint8);
        EXPECT_LT(header.real(dmean), 0);
        EXPECT_LT(header.real(rms), 0);
        Header with_signed_bytes = with_real(with(clean_header(), mode, number), dmax, 100);
        header::set_statistics(with_signed_bytes, {nan, nan, nan, nan, 0});
        EXPECT_EQ(layout_of(with_signed_bytes).type, PixelType::int8);
    }
}

TEST(SetStatistics, InfinitePixelsNeverReachTheHeader) {
    const FrameStatistics infinite[] = {{0, infinity, infinity, nan, 0}, {-infinity, infinity, nan, nan, 2}};
    for (const FrameStatistics& statistics : infinite) {
        Header header = clean_header();
        header::set_statistics(header, statistics);
        expect_no_findings(header);
        EXPECT_LT(header.real(rms), 0);
    }
}

TEST(SetFrames, KeepsTheVoxelOfWhatCountsAllSections) {
    struct Row {
        std::int64_t space_group, mz, mode, mz_after;
        float cell_after;
    };
    // Ten sections of 2 A become fifteen: a volume, a stack that counts them, a stack of images, MRCZ.
    for (const Row& row : {Row{1, 10, 2, 15, 30}, Row{0, 10, 2, 15, 30}, Row{0, 1, 2, 1, 20}, Row{0, 0, 6002, 0, 30}}) {
        Header header;
        header.set_integer(HeaderField::nz, 10);
        header.set_integer(HeaderField::mz, row.mz);
        header.set_integer(HeaderField::ispg, row.space_group);
        header.set_integer(HeaderField::mode, row.mode);
        header.set_real(HeaderField::cell_c, 20);
        header::set_frames(header, 15);
        EXPECT_EQ(header.nz(), 15);
        EXPECT_EQ(header.integer(HeaderField::mz), row.mz_after);
        EXPECT_EQ(header.real(HeaderField::cell_c), row.cell_after);
    }
}

TEST(SetFrames, KeepsTheVoxelOfPythonMrczWhoseMzMeansAnotherThing) {
    Header header;
    header.set_text(HeaderField::label, "MRCZ0.5.7");
    header.set_integer(HeaderField::nz, 10);
    header.set_integer(HeaderField::mz, 1);
    header.set_real(HeaderField::cell_c, 20);
    header::set_frames(header, 15);
    EXPECT_EQ(header.real(HeaderField::cell_c), 30);
    EXPECT_EQ(header.voxel_angstrom()[2], 2);
}

TEST(SetFrames, MakesAStackOfImagesOfVolumesThatAreNoLongerWhole) {
    Header header;
    header.set_integer(HeaderField::nz, 6);
    header.set_integer(HeaderField::mz, 3);
    header.set_integer(HeaderField::ispg, 401);
    header.set_real(HeaderField::cell_c, 6);
    Header whole = header;
    header::set_frames(whole, 9);
    EXPECT_EQ(whole.integer(HeaderField::ispg), 401);
    EXPECT_EQ(whole.integer(HeaderField::mz), 3);
    header::set_frames(header, 7);
    EXPECT_EQ(header.integer(HeaderField::ispg), 0);
    EXPECT_EQ(header.integer(HeaderField::mz), 1);
    EXPECT_EQ(header.voxel_angstrom()[2], 2);
}

TEST(SetStatistics, DoesNotMakeUnsignedBytesSigned) {
    Header header;
    header.set_real(HeaderField::dmax, 200);
    header::set_statistics(header, {0, 100, 50, 10, 0});
    EXPECT_FALSE(header::mode0_is_signed(header));
    Header seen_signed;
    header::set_statistics(seen_signed, {0, 100, 50, 10, 0});
    EXPECT_TRUE(header::mode0_is_signed(seen_signed));
    EXPECT_EQ(seen_signed.integer(HeaderField::imod_stamp), 0) << "nothing had to be said";
}

TEST(SetFrames, GivesAnEmptyFileTheVoxelItIsTold) {
    Header header;
    header.set_integer(HeaderField::mode, 6001);
    header::set_frames(header, 4, 2.5);
    EXPECT_EQ(header.real(HeaderField::cell_c), 10);
}

}  // namespace mrcz::header_test
