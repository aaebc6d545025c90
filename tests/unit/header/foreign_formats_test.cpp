#include "header/foreign_formats.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "header/byte_order_of.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "mrcz/error.hpp"
#include "unit/header/headers.hpp"

namespace mrcz::header_test {

using namespace std::string_view_literals;
using header::foreign_format_of;
using header::read_ordered;
using enum HeaderField;

namespace {

Header begins_with(std::string_view text, Header header = {}, std::size_t offset = 0) {
    for (std::size_t i = 0; i < text.size(); ++i) header.bytes()[offset + i] = static_cast<std::byte>(text[i]);
    return header;
}

std::string message_of(const Header& header) {
    return kit::error_of([&] { (void)read_ordered(header.bytes()); }).message();
}

std::string name_of(const Header& header) { return std::string(foreign_format_of(header.bytes()).name); }

}  // namespace

TEST(ForeignFormats, AreRefusedByNameWithWhatToDo) {
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv, "a PNG image; convert it"},
        {"\xff\xd8\xff\xe0\0\x10JFIF"sv, "a JPEG image; convert it"},
        {"II*\0\x08\0\0\0"sv, "a TIFF image; convert it"},
        {"MM\0*\0\0\0\x08"sv, "a TIFF image; convert it"},
        {"II+\0\x08\0\0\0"sv, "EER movies of Falcon detectors"},
        {"\x89HDF\r\n\x1a\n"sv, "others are such); `mrcz convert` makes"},
        {"\x93NUMPY\x01\0"sv, "a NumPy array (.npy)"},
        {"\0\0\0\x03\0\x01xx\0\0\0\x01\x01\0\0\0"sv, "Digital Micrograph"},
        {"\0\0\0\x04\0\0\0\0\0\x01?*\0\0\0\x01"sv, "Digital Micrograph"},
        {"II\x97\x01\x20\x02"sv, "a TIA series (.ser)"},
        {"IMGBLO\x02\x01"sv, "a NanoMEGAS blockfile"},
        {"###CBF: VERSION 1.5"sv, "a CBF image"},
        {"{\nHEADER_BYTES=  512;"sv, "an SMV image"},
        {"PK\x03\x04\x14\0"sv, "a ZIP archive; unpack it first"},
        {"\x28\xb5\x2f\xfd\x04"sv, "zstd data; unpack them"},
    };
    for (const auto& [begin, said] : expected) {
        const std::string message = message_of(begins_with(begin));
        EXPECT_NE(message.find(std::string("not an MRC file: it is ")), std::string::npos) << message;
        EXPECT_NE(message.find(said), std::string::npos) << message;
    }
}

TEST(ForeignFormats, TextIsNamed) {
    Header text;
    std::ranges::fill(text.bytes(), std::byte{'x'});
    EXPECT_EQ(message_of(begins_with("PixelSpacing = 1.35\r\n\tImageFile = a.mrc\n", text)),
              "not an MRC file: it is a text file");
    EXPECT_EQ(name_of(begins_with("\x01", text, 700)), "");
}

TEST(ForeignFormats, EdaxPatternsHaveTheShapeOfAnRgbImageAndAreStillRefused) {
    Header patterns;
    std::ranges::fill(patterns.bytes(), std::byte{0x78});
    EXPECT_NE(message_of(begins_with("\x01\0\0\0\x3c\0\0\0\x3c\0\0\0\x10\0\0\0"sv, patterns)).find("EDAX"),
              std::string::npos);
    EXPECT_NE(message_of(begins_with("\x03\0\0\0\x3c\0\0\0\x3c\0\0\0\x2a\0\0\0"sv, patterns)).find("EDAX"),
              std::string::npos);
}

TEST(ForeignFormats, NoMagicRefusesAHeaderThatMakesSense) {
    for (const auto begin : {"II*\0"sv, "MM\0*"sv, "GIF8"sv, "%PDF"sv, "\x89PNG"sv, "BZh9"sv, "\x1f\x8b\x08\0"sv,
                             "HDR,"sv, "\x04\x22\x4d\x18"sv, "PK\x03\x04"sv}) {
        const Header header = begins_with(begin, with(clean_header(), nz, 3));
        if (header.nx() < 1) continue;
        EXPECT_NO_THROW((void)read_ordered(header.bytes())) << begin;
    }
    const Header narrow = with(with(with(with(clean_header(), nx, 1), ny, 60), nz, 60), mode, 16);
    EXPECT_NE(name_of(narrow), "");
    EXPECT_NO_THROW((void)read_ordered(narrow.bytes()));
    EXPECT_NO_THROW((void)read_ordered(big_endian(with(with(clean_header(), nx, 3), ny, 1)).bytes()));
}

TEST(ForeignFormats, DeltaVisionIsRefusedByNameInBothByteOrders) {
    Header delta = with(with_axes(clean_header(), 1, 2, 3), creatid, -16224);
    delta.set_text(map, "\0\0\0\0"sv);
    for (const Header& header : {delta, header::swapped(delta)}) {
        const Error error = kit::error_of([&] { (void)read_ordered(header.bytes()); });
        EXPECT_EQ(error.code(), ErrorCode::unsupported);
        EXPECT_NE(error.message().find("DeltaVision"), std::string::npos) << error.message();
    }
    EXPECT_NO_THROW((void)read_ordered(with(clean_header(), creatid, -16224).bytes()));  // MAP says it is MRC
}

TEST(ForeignFormats, RealFilesBesideMrcAreNamed) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const std::pair<std::string_view, std::string_view> expected[] = {
        {"debian-python-rosettasciio-0.7.1/dm/test_STEM_image.dm3", "Digital Micrograph"},
        {"debian-python-rosettasciio-0.7.1/dm/test_fft_packed_complex8.dm4", "Digital Micrograph"},
        {"debian-python-rosettasciio-0.7.1/tia/128x128-TEM_search_1.ser", "TIA"},
        {"debian-python-rosettasciio-0.7.1/blockfile/test1.blo", "NanoMEGAS"},
        {"debian-python-rosettasciio-0.7.1/emd/1532 Camera Ceta.emd", "HDF5"},
        {"debian-python-rosettasciio-0.7.1/quantumdetector/Merlin_Single_Quad.zip", "ZIP"},
        {"dials+data-files/image_examples/TIMEPIX_SU_512-stdgoni_0001.img", "SMV"},
        {"pyxem+kikuchipy/src/kikuchipy/data/edax_binary/edax_binary.up1", "EDAX"},
        {"pyxem+kikuchipy/src/kikuchipy/data/edax_binary/edax_binary.up2", "EDAX"},
        {"debian-python-mrcfile/emd_3197.png", "PNG"},
        {"hanjinliu+cylindra/tests/13pf_MT.tif", "TIFF"},
        {"teamtomo+mdocfile/tests/test_data/tilt_series.mdoc", "text file"},
        {"hyperspy+rosettasciio/rsciio/tests/data/mrc/ROI_Random_Scan_info.txt", "text file"},
    };
    for (const auto& [name, said] : expected) {
        const Bytes bytes = kit::read_file(*data / name);
        ASSERT_GE(bytes.size(), Header::bytes_on_disk) << name;
        Header header;
        std::copy_n(bytes.begin(), Header::bytes_on_disk, header.bytes().begin());
        EXPECT_NE(message_of(header).find(said), std::string::npos) << name << ": " << message_of(header);
    }
}

}  // namespace mrcz::header_test
