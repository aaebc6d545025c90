#include <gtest/gtest.h>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"
#include "mrcz/gain.hpp"

namespace mrcz {
namespace {

using Defects = std::vector<DefectRectangle>;

std::string message_of(std::string_view text, const ImageShape& shape) {
    try {
        (void)parse_defects(text, "defects.txt", shape);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::corrupt);
        EXPECT_EQ(error.context(), "defects.txt");
        return error.message();
    }
    return "no error";
}

TEST(DefectLists, OfRelionAndMotionCorAreFourNumbersALine) {
    const Defects defects = parse_defects("# camera 3\n\n1 2 3 4\r\n0,0,10,1 # a row\n\t9\t9 1 1", "d", {10, 10});
    EXPECT_EQ(defects, (Defects{{1, 2, 3, 4}, {0, 0, 10, 1}, {9, 9, 1, 1}}));
    EXPECT_TRUE(parse_defects("", "d", {10, 10}).empty());
}

TEST(DefectLists, RowsAreThoseOfTheMovieAsStored) {
    const auto mask = defect_mask(parse_defects("1 0 2 1\n", "d", {4, 3}), {4, 3});
    EXPECT_EQ(mask, (std::vector<std::uint8_t>{0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(DefectLists, ErrorsNameTheLine) {
    EXPECT_EQ(message_of("1 2 3 4\n1 2 3\n", {10, 10}),
              "line 2: 3 numbers, not the four of x y w h (column, row, columns, rows)");
    EXPECT_EQ(message_of("1 2 x 4\n", {10, 10}), "line 1: 'x' is no whole number of at least 0");
    EXPECT_EQ(message_of("1 -2 1 4\n", {10, 10}), "line 1: '-2' is no whole number of at least 0");
    EXPECT_EQ(message_of("9 0 2 1\n", {10, 10}),
              "line 1: a defect of 2 x 1 pixels at column 9, row 0 is not within 10 x 10 pixels");
    EXPECT_NE(message_of("0 0 0 1\n", {10, 10}), "no error");
    EXPECT_NE(message_of("9223372036854775807 0 9223372036854775807 1\n", {10, 10}), "no error");
    EXPECT_NE(message_of("99999999999999999999 0 1 1\n", {10, 10}), "no error");
    EXPECT_NE(message_of(std::string_view("\x01\0\xff\n", 4), {10, 10}), "no error");
}

constexpr std::string_view serial_em_list =
    "CameraSizeX 8\n"
    "CameraSizeY 6\n"
    "RotationAndFlip 7\n"
    "WasScaled 0\n"
    "K2Type 1\n"
    "FalconType 0\n"
    "NumToAvgSuperRes 0\n"
    "UsableArea 0 0 0 0\n";

std::vector<std::uint8_t> mask_of(const std::string& more, const ImageShape& shape) {
    return defect_mask(parse_defects(std::string(serial_em_list) + more, "d", shape), shape);
}

/// One character a pixel, the first row of text is the last as stored: as it is shown.
std::string shown(const std::vector<std::uint8_t>& mask, std::size_t columns) {
    std::string text;
    for (std::size_t row = mask.size() / columns; row-- > 0;) {
        for (std::size_t x = 0; x < columns; ++x) text += mask[row * columns + x] != 0 ? '#' : '.';
        text += '\n';
    }
    return text;
}

TEST(SerialEmDefects, RowsAreCountedFromTheTop) {
    EXPECT_EQ(
        shown(mask_of("BadPixels 1 0 7 5\nBadRows 2\nPartialBadColumn 3 2 3 4\nPartialBadRow 1 1 5 6\n", {8, 6}), 8),
        ".#......\n"
        ".....##.\n"
        "########\n"
        "...##...\n"
        "...##...\n"
        ".......#\n");
}

TEST(SerialEmDefects, ColumnsGoFromTopToBottom) {
    EXPECT_EQ(shown(mask_of("BadColumns 0 2 3\n", {8, 6}), 8),
              "#.##....\n#.##....\n#.##....\n#.##....\n#.##....\n#.##....\n");
}

TEST(SerialEmDefects, BeyondTheUsableAreaAllIsBad) {
    const std::string list = "CameraSizeX 8\nCameraSizeY 6\nUsableArea 1 2 3 6\n";
    EXPECT_EQ(shown(defect_mask(parse_defects(list, "d", {8, 6}), {8, 6}), 8),
              "########\n"
              "##.....#\n"
              "##.....#\n"
              "##.....#\n"
              "########\n"
              "########\n");
    EXPECT_TRUE(parse_defects("CameraSizeX 8\nCameraSizeY 6\nUsableArea 0 0 5 7\n", "d", {8, 6}).empty());
}

TEST(SerialEmDefects, AreDoubledForSuperResolution) {
    EXPECT_EQ(shown(mask_of("BadPixels 1 0\n", {16, 12}), 16).substr(0, 3 * 17),
              "..##............\n"
              "..##............\n"
              "................\n");
}

TEST(SerialEmDefects, CoverWhatTheyTouchInABinnedMovie) {
    EXPECT_EQ(shown(mask_of("BadPixels 3 1\nPartialBadColumn 5 2 2 3\n", {4, 3}), 4),
              ".#..\n"
              "..##\n"
              "....\n");
}

TEST(SerialEmDefects, OfScaledListsABadPixelIsABlock) {
    const std::string list = "CameraSizeX 8\nCameraSizeY 6\nWasScaled 1\nBadPixels 2 0\n";
    EXPECT_EQ(parse_defects(list, "d", {8, 6}), (Defects{{2, 4, 2, 2}}));
    const std::string finer = "CameraSizeX 8\nCameraSizeY 8\nWasScaled 2\nBadPixels 4 0\n";
    EXPECT_EQ(parse_defects(finer, "d", {8, 8}), (Defects{{4, 4, 4, 4}}));
}

TEST(SerialEmDefects, AreRefusedWhenTheyDoNotFit) {
    const std::string list(serial_em_list);
    EXPECT_NE(message_of("BadRows 2\n", {8, 6}).find("without CameraSizeX"), std::string::npos);
    EXPECT_NE(message_of(list, {6, 8}).find("turned by a quarter"), std::string::npos);
    EXPECT_NE(message_of(list, {24, 18}).find("8 x 6, the movie has 24 x 18"), std::string::npos);
    EXPECT_EQ(message_of(list + "BadRows 6\n", {8, 6}),
              "line 9: a defect of 8 x 1 pixels at column 0, row 6 is not within 8 x 6 pixels");
    EXPECT_NE(message_of(list + "BadPixels 1\n", {8, 6}).find("line 9: BadPixels wants pairs"), std::string::npos);
    EXPECT_NE(message_of(list + "BadColumns\n", {8, 6}).find("line 9"), std::string::npos);
    EXPECT_NE(message_of(list + "PartialBadColumn 1 1 4 3\n", {8, 6}).find("before its start"), std::string::npos);
    EXPECT_NE(message_of(list + "PartialBadRow 1 1 0 9223372036854775807\n", {8, 6}).find("line 9"), std::string::npos);
    EXPECT_NE(message_of(list + "BadCorners 1 1\n", {8, 6}).find("'BadCorners'"), std::string::npos);
    EXPECT_NE(message_of("CameraSizeX 99999999999\nCameraSizeY 6\n", {8, 6}).find("no size"), std::string::npos);
    EXPECT_NE(message_of("CameraSizeX 0\nCameraSizeY 6\n", {8, 6}).find("no size"), std::string::npos);
}

TEST(SerialEmDefects, PropertiesThatSayNothingOfDefectsArePassedOver) {
    EXPECT_TRUE(parse_defects(std::string(serial_em_list) + "SomethingNew 5\n", "d", {8, 6}).empty());
}

TEST(DefectMask, OverlapsCountOnce) {
    const auto mask = defect_mask(Defects{{0, 0, 3, 3}, {1, 1, 3, 2}, {3, 0, 1, 3}}, {4, 3});
    EXPECT_EQ(shown(mask, 4), "####\n####\n####\n");
    EXPECT_THROW((void)defect_mask(Defects{{-1, 0, 1, 1}}, {4, 3}), Error);
    EXPECT_THROW((void)defect_mask(Defects{{0, 2, 1, 2}}, {4, 3}), Error);
}

TEST(DefectMask, OfAMapIsWhatIsNotZero) {
    EXPECT_EQ(defect_mask(FloatImage{{3, 1}, {0, 1, 254}}), (std::vector<std::uint8_t>{0, 1, 1}));
}

TEST(DefectRectangles, GiveTheMaskBack) {
    kit::Counts counts(9);
    const ImageShape shape{37, 23};
    for (const double share : {0.0, 0.02, 0.5, 0.95, 1.0}) {
        std::vector<std::uint8_t> mask(shape.pixels());
        for (std::uint8_t& pixel : mask) pixel = counts.uniform() < share;
        EXPECT_EQ(defect_mask(defect_rectangles(mask, shape), shape), mask);
    }
}

TEST(DefectRectangles, EqualRowsAreJoined) {
    const std::vector<std::uint8_t> mask{0, 1, 0, 1, 1,  //
                                         0, 1, 0, 1, 1,  //
                                         0, 1, 0, 0, 1};
    EXPECT_EQ(defect_rectangles(mask, {5, 3}), (Defects{{1, 0, 1, 3}, {3, 0, 2, 2}, {4, 2, 1, 1}}));
    EXPECT_THROW((void)defect_rectangles(mask, {5, 2}), Error);
}

}  // namespace
}  // namespace mrcz
