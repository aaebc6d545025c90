#include "header/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <string>

#include "kit/files.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using namespace std::string_view_literals;
using enum HeaderField;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<Finding> findings_of(const Header& header) {
    return header::check_rules(header::read_ordered(header.bytes()));
}

/// The only thing odd about `header` is what `rule` says of `field`.
void expect_only(const Header& header, std::string_view rule, std::string_view field, Severity severity) {
    const auto findings = findings_of(header);
    ASSERT_EQ(findings.size(), 1U) << rule;
    EXPECT_EQ(findings[0].rule, rule);
    EXPECT_EQ(findings[0].field, field);
    EXPECT_EQ(findings[0].severity, severity);
    EXPECT_FALSE(findings[0].message.empty());
}

void expect_nothing(const Header& header) {
    for (const Finding& finding : findings_of(header)) ADD_FAILURE() << finding.rule << ": " << finding.message;
}

std::vector<std::string> rules_of(const Header& header) {
    std::vector<std::string> ids;
    for (const Finding& finding : findings_of(header)) ids.push_back(finding.rule);
    return ids;
}

Header with_text(Header header, HeaderField field, std::string_view text, std::size_t index = 0) {
    header.set_text(field, text, index);
    return header;
}

}  // namespace

TEST(Rules, CleanHeaderHasNoFindings) {
    expect_nothing(clean_header());
    expect_nothing(big_endian(clean_header()));
}

TEST(Rules, H01MapIdIsMissing) {
    expect_nothing(with_text(clean_header(), map, "MAP\0"sv));
    for (const auto text : {"\0\0\0\0"sv, "    "sv, "map "sv, "MAR "sv})
        expect_only(with_text(clean_header(), map, text), "MRC-H01", "MAP", Severity::warning);
}

TEST(Rules, H02MachineStampIsUnknown) {
    expect_nothing(with_stamp(clean_header(), "DD"));
    expect_nothing(with_stamp(clean_header(), "DA"));
    for (const auto stamp : {"D\0"sv, "D\x11"sv, "D   "sv, "MAE "sv, "\0\0\0\0"sv, "\"A"sv})
        expect_only(with_stamp(clean_header(), stamp), "MRC-H02", "MACHST", Severity::warning);
}

TEST(Rules, H02MachineStampContradictsTheNumbers) {
    expect_only(with_stamp(clean_header(), "\x11\x11"), "MRC-H02", "MACHST", Severity::warning);
    expect_only(header::swapped(clean_header()), "MRC-H02", "MACHST", Severity::warning);
    expect_nothing(header::swapped(with_stamp(clean_header(), "\x11\x11")));
}

TEST(Rules, H03VersionIsNotMrc2014) {
    expect_nothing(with(clean_header(), nversion, 20140));
    for (const std::int64_t number : {0, 20139, 20142, 1184716800, -842150451})
        expect_only(with(clean_header(), nversion, number), "MRC-H03", "NVERSION", Severity::note);
}

TEST(Rules, H04ModeIsNotInTheStandard) {
    const Header small = with_real(with_real(with_real(clean_header(), dmin, 0), dmax, 100), dmean, 50);
    for (const int number : {0, 1, 2, 3, 4, 6, 12, 6006}) expect_nothing(with(small, mode, number));
    for (const int number : {5, 7, 8, 16, 17, 6007})
        expect_only(with(small, mode, number), "MRC-H04", "MODE", Severity::note);
}

TEST(Rules, H05CellIsNoLength) {
    expect_nothing(with_real(clean_header(), cell_a, 0));
    for (const HeaderField field : {cell_a, cell_b, cell_c})
        for (const float edge : {-1.0F, 2.27e20F, nan, infinity, -infinity})
            expect_only(with_real(clean_header(), field, edge), "MRC-H05", "CELLA.X", Severity::warning);
}

TEST(Rules, H06SamplingIsMissing) {
    for (const HeaderField field : {mx, my, mz})
        for (const std::int64_t samples : {0, -3})
            expect_only(with(clean_header(), field, samples), "MRC-H06", "MX", Severity::note);
}

TEST(Rules, H06SamplingIsMissingInCompressedFilesOfPythonMrczAndThatIsFine) {
    const Header compressed = with(clean_header(), mode, 6001);
    expect_nothing(with(compressed, mz, 0));
    expect_nothing(with(with(with(compressed, mz, 0), mx, 0), my, 0));
    expect_only(with(compressed, mx, 0), "MRC-H06", "MX", Severity::note);
}

TEST(Rules, H07AxesAreNoPermutation) {
    for (const auto& axes : {std::array{1, 2, 3}, {3, 2, 1}, {2, 3, 1}})
        expect_nothing(with_axes(clean_header(), axes[0], axes[1], axes[2]));
    for (const auto& axes : {std::array{0, 0, 0}, {1, 1, 3}, {1, 2, -3}, {0x42b40000, 0x42b40000, 0x42b40000}})
        expect_only(with_axes(clean_header(), axes[0], axes[1], axes[2]), "MRC-H07", "MAPC", Severity::warning);
}

TEST(Rules, H08StatisticsAreNotFinite) {
    expect_nothing(with_real(with_real(with_real(clean_header(), dmin, 0), dmax, -1), dmean, -2));
    for (const HeaderField field : {dmin, dmax, dmean, rms})
        for (const float value : {nan, infinity, -infinity})
            expect_only(with_real(clean_header(), field, value), "MRC-H08", "DMIN", Severity::warning);
}

TEST(Rules, H09LabelCountIsWrong) {
    expect_nothing(with(with_text(clean_header(), label, "Another", 1), nlabl, 2));
    for (const std::int64_t count : {0, 2, 10, -1, 16777216})
        expect_only(with(clean_header(), nlabl, count), "MRC-H09", "NLABL", Severity::note);
    expect_only(with_text(clean_header(), label, "Another", 5), "MRC-H09", "NLABL", Severity::note);
}

TEST(Rules, H10ExtendedHeaderIsOfUnknownKind) {
    const Header extended = with(clean_header(), nsymbt, 160);
    for (const auto text : {"CCP4"sv, "MRCO"sv, "SERI"sv, "AGAR"sv, "FEI1"sv, "FEI2"sv, "HDF5"sv, "json"sv})
        expect_nothing(with_text(extended, exttyp, text));
    for (const auto text : {"\0\0\0\0"sv, "    "sv, "\xcd\xcd\xcd\xcd"sv, "JSON"sv}) {
        expect_only(with_text(extended, exttyp, text), "MRC-H10", "EXTTYP", Severity::note);
        expect_nothing(with_text(clean_header(), exttyp, text));
    }
}

TEST(Rules, H11ModeIsLittleEndianInABigEndianHeader) {
    expect_only(python_big_endian(clean_header()), "MRC-H11", "MODE", Severity::warning);
    expect_nothing(big_endian(clean_header()));
}

TEST(Rules, H12RowsRunDownwardsByImodsMark) {
    expect_only(with_axes(clean_header(), 1, -2, 3), "MRC-H12", "MAPR", Severity::note);
    EXPECT_EQ(with_axes(clean_header(), 1, -2, 3).voxel_angstrom(), clean_header().voxel_angstrom());
}

TEST(Rules, H13OriginOfImodHasTheOtherSign) {
    const Header stamped = with(with_real(clean_header(), origin_x, 100), imod_stamp, 1146047817);
    expect_nothing(stamped);  // NVERSION says that it is the standard's
    expect_nothing(with_real(clean_header(), origin_x, 100));
    const Header old = with(stamped, nversion, 0);
    const auto rules = rules_of(old);
    EXPECT_EQ(rules, (std::vector<std::string>{"MRC-H03", "MRC-H13"}));
    EXPECT_EQ(rules_of(with(old, imod_flags, 4)), (std::vector<std::string>{"MRC-H03"}));
    EXPECT_EQ(rules_of(with_real(old, origin_x, 0)), (std::vector<std::string>{"MRC-H03"}));
    EXPECT_NE(findings_of(old)[1].message.find("the standard's origin is -100 0 0 A"), std::string::npos);
}

TEST(Rules, H14OldHeaderOfImodIsRecognised) {
    const Header old = old_imod_header();
    EXPECT_EQ(rules_of(old), (std::vector<std::string>{"MRC-H01", "MRC-H03", "MRC-H14"}));
    EXPECT_EQ(rules_of(old_imod_header_big_endian()), rules_of(old));
    EXPECT_NE(findings_of(old)[2].message.find("-20 -30 -10 A"), std::string::npos) << findings_of(old)[2].message;
    EXPECT_EQ(findings_of(old_imod_header_big_endian())[2].message, findings_of(old)[2].message);
}

TEST(Rules, H14OtherFilesWithoutMapAreNotTakenForOldOnesOfImod) {
    Header without = with(clean_header(), nversion, 0);
    without.set_text(map, "\0\0\0\0"sv);
    for (const auto stamp : {"DD\0\0"sv, "DA\0\0"sv, "\0\0\0\0"sv})
        for (const float deviation : {-1.0F, 0.0F, 18968.6F, 0.87F})
            for (const auto& rule : rules_of(with_real(with_stamp(without, stamp), rms, deviation)))
                EXPECT_NE(rule, "MRC-H14") << deviation;
    for (const auto& rule : rules_of(with_real(with_stamp(without, ""), origin_x, 100))) EXPECT_NE(rule, "MRC-H14");
}

TEST(Rules, H15VolumeStackHasAPartOfAVolume) {
    for (const std::int64_t group : {401, 500, 630}) {
        expect_nothing(with(with(clean_header(), ispg, group), mz, 7));
        expect_nothing(with(with(clean_header(), ispg, group), mz, 1));
        expect_only(with(with(clean_header(), ispg, group), mz, 3), "MRC-H15", "ISPG", Severity::warning);
    }
    expect_nothing(with(with(clean_header(), ispg, 631), mz, 3));
    expect_nothing(with(with(clean_header(), ispg, 400), mz, 3));
}

TEST(Rules, H16ImagesOrVolume) {
    expect_only(with(clean_header(), mz, 7), "MRC-H16", "ISPG", Severity::note);
    expect_only(with(clean_header(), ispg, 1), "MRC-H16", "ISPG", Severity::note);
    expect_nothing(with(with(clean_header(), ispg, 1), mz, 7));
    expect_nothing(with(clean_header(), nz, 1));
    expect_nothing(with(with(clean_header(), ispg, 1), nz, 1));
}

TEST(Rules, H17RmsWasNeverComputed) {
    expect_only(with_real(clean_header(), rms, 0), "MRC-H17", "RMS", Severity::note);
    expect_nothing(with_real(clean_header(), rms, -1));
}

TEST(Rules, H18StatisticsAreOfOtherPixels) {
    const auto range = [](std::int64_t number, float least, float greatest) {
        return with_real(with_real(with_real(with(clean_header(), mode, number), dmin, least), dmax, greatest), dmean,
                         (least + greatest) / 2);
    };
    expect_only(range(6, -4, 900), "MRC-H18", "DMIN", Severity::warning);
    expect_only(range(6, 0, 65536), "MRC-H18", "DMIN", Severity::warning);
    expect_only(range(1, -0.5F, 7), "MRC-H18", "DMIN", Severity::warning);
    expect_only(range(0, -128, 255), "MRC-H18", "DMIN", Severity::warning);
    expect_only(range(0, -0.516F, 0.909F), "MRC-H18", "DMIN", Severity::warning);  // MAPMAN's
    expect_only(with_real(range(2, 0, 1), dmean, 2), "MRC-H18", "DMIN", Severity::warning);
    expect_nothing(range(6, 0, 65535));
    expect_nothing(range(2, -0.5F, 1e30F));
    expect_nothing(range(12, 0.25F, 0.5F));
    expect_nothing(range(0, -128, 127));
    expect_nothing(with_real(with_real(range(6, 0, -1), dmean, -2), rms, -1));
}

TEST(Rules, H19SamplingOfEarlyPythonMrczIsShifted) {
    Header header = with(with(with(with(clean_header(), mode, 6001), mx, 0), my, 64), mz, 48);
    header.set_text(label, "MRCZ0.3.8", 0, '\0');
    expect_only(header, "MRC-H19", "MX", Severity::note);
    header.set_text(label, "Another", 0, '\0');
    expect_only(header, "MRC-H06", "MX", Severity::note);
}

TEST(Rules, H20CellOfPythonMrczRunsOver) {
    Header header = clean_header();
    header.set_text(label, "MRCZ0.5.7", 0, '\0');
    for (const HeaderField field : {mapc, mapr, maps}) header.set_integer(field, 0x42b40000);  // 90.0F
    expect_only(header, "MRC-H20", "CELLA.X", Severity::warning);
    EXPECT_EQ(header.pixels_along_axes(), (std::array<std::int64_t, 3>{64, 48, 7}));
}

TEST(Rules, H21PixelsAreUnaligned) {
    Header header = with_text(clean_header(), exttyp, "json");
    expect_nothing(with(header, nsymbt, 56));
    for (const std::int64_t bytes : {55, 106, 1})
        expect_only(with(header, nsymbt, bytes), "MRC-H21", "NSYMBT", Severity::note);
}

TEST(Rules, H22SkewMatrixOfCcp4CoversExttypAndVersion) {
    Header header = with(with(with(clean_header(), ispg, 19), mz, 7), nsymbt, 160);
    const auto put = [&header](std::size_t offset, auto value) { store_le(header.bytes().data() + offset, value); };
    put(96, std::int32_t{1});
    for (std::size_t i = 0; i < 9; ++i) put(100 + 4 * i, i % 4 == 0 ? 1.0F : 0.5F);
    for (std::size_t i = 0; i < 3; ++i) put(136 + 4 * i, 12.5F);
    expect_only(header, "MRC-H22", "EXTTYP", Severity::note);
}

TEST(Rules, H23LabelHoldsCtfOfEman) {
    for (const auto text : {"!-2.5 100 0.1 0 0 1"sv, "!$-1.9,23"sv})
        expect_only(with_text(clean_header(), label, text), "MRC-H23", "LABEL", Severity::note);
    expect_nothing(with_text(clean_header(), label, "EMAN 10/07/2019 10:31"));
}

TEST(Rules, H24BytesAreUnsigned) {
    const Header bytes = with_real(with_real(with(clean_header(), mode, 0), dmin, 0), dmax, 255);
    expect_only(bytes, "MRC-H24", "MODE", Severity::note);
    expect_nothing(with_real(bytes, dmax, 127));
    const Header stamped = with(with_real(bytes, dmax, 100), imod_stamp, 1146047817);
    expect_only(stamped, "MRC-H24", "MODE", Severity::note);
    expect_nothing(with(stamped, imod_flags, 1));
}

TEST(Rules, TheSpecificationListsExactlyTheRulesThereAre) {
    std::ifstream page(kit::testdata() / "../spec/header-dialects.md");
    ASSERT_TRUE(page.is_open());
    std::vector<std::string> listed;
    for (std::string line; std::getline(page, line);)
        if (line.starts_with("| MRC-H")) listed.push_back(line.substr(2, line.find(" | ", line.find(" | ") + 3) - 2));
    std::vector<std::string> there;
    for (const header::RuleInfo& rule : header::header_rules())
        there.push_back(std::string(rule.id) + " | " + std::string(severity_name(rule.severity)));
    EXPECT_EQ(listed, there);
}

TEST(Rules, FindingsStandInTheOrderOfTheirIds) {
    Header header = with_stamp(with(with_real(clean_header(), rms, nan), nversion, 0), "");
    header.set_text(map, "");
    const auto findings = findings_of(header);
    ASSERT_EQ(findings.size(), 4U);
    EXPECT_TRUE(
        std::is_sorted(findings.begin(), findings.end(), [](const auto& a, const auto& b) { return a.rule < b.rule; }));
}

TEST(Rules, MessagesShowUntrustedTextSafely) {
    const auto findings = findings_of(with_text(clean_header(), map, "\x1b[2J"));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].message, "'\\x1b[2J' where 'MAP ' is expected (files before 2000)");
}

}  // namespace mrcz::header_test
