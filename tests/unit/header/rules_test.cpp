#include "header/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

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
    for (const int number : {0, 1, 2, 3, 4, 6, 12, 6006}) expect_nothing(with(clean_header(), mode, number));
    for (const int number : {5, 7, 8, 16, 17, 6007})
        expect_only(with(clean_header(), mode, number), "MRC-H04", "MODE", Severity::note);
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
    for (const auto& axes : {std::array{0, 0, 0}, {1, 1, 3}, {1, -2, 3}, {0x42b40000, 0x42b40000, 0x42b40000}})
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
