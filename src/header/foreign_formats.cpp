#include "header/foreign_formats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/byte_order.hpp"

namespace mrcz::header {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view convert_first = "convert it to MRC first (HyperSpy, Fiji and IMOD can)";
constexpr std::string_view read_by_convert = "`mrcz convert` makes MRC or MRCZ of its datasets";
constexpr std::string_view convert_picture = "convert it to MRC first (IMOD's tif2mrc, for one)";
constexpr std::string_view unpack_first = "unpack it first";

/// Bytes that stand at one place of every file of the format.
struct Magic {
    std::size_t offset;
    std::string_view bytes;
    ForeignFormat format;
};

constexpr std::array<Magic, 34> magics{{
    {0, "\x89PNG\r\n\x1a\n"sv, {"a PNG image", convert_picture}},
    {0, "\xff\xd8\xff"sv, {"a JPEG image", convert_picture}},
    {0, "\0\0\0\x0cjP  "sv, {"a JPEG 2000 image", convert_picture}},
    {0, "GIF8"sv, {"a GIF image", convert_picture}},
    {0, "II*\0"sv, {"a TIFF image", convert_picture}},
    {0, "MM\0*"sv, {"a TIFF image", convert_picture}},
    {0, "II+\0"sv, {"a BigTIFF image (EER movies of Falcon detectors are such)", convert_picture}},
    {0, "MM\0+"sv, {"a BigTIFF image", convert_picture}},
    {0, "\x89HDF\r\n\x1a\n"sv, {"an HDF5 file (EMD, NeXus, EMAN and others are such)", read_by_convert}},
    {0, "CDF\x01"sv, {"a NetCDF file", convert_first}},
    {0, "CDF\x02"sv, {"a NetCDF file", convert_first}},
    {0, "\x93NUMPY"sv, {"a NumPy array (.npy)", "write it as MRC with mrcfile or mrcz"}},
    {0, "II\x97\x01"sv, {"a TIA series (.ser)", convert_first}},
    {0, "IMGBLO"sv, {"a NanoMEGAS blockfile (.blo)", convert_first}},
    {0, "###CBF:"sv, {"a CBF image", convert_first}},
    {0, "{\nHEADER_BYTES"sv, {"an SMV image (.img)", convert_first}},
    {0, "{\r\nHEADER_BYTES"sv, {"an SMV image (.img)", convert_first}},
    {0, "HDR,"sv, {"the header of Merlin data (.hdr)", "convert the .mib data to MRC first"}},
    {0, "MQ1,"sv, {"Merlin data (.mib)", convert_first}},
    {0, "\xed\xfe\0\0"sv, {"a StreamPix sequence (.seq)", convert_first}},
    {0, "SIMPLE  ="sv, {"a FITS image", convert_first}},
    {128, "DICM"sv, {"a DICOM image", convert_first}},
    {0, "PK\x03\x04"sv, {"a ZIP archive", unpack_first}},
    {0, "7z\xbc\xaf\x27\x1c"sv, {"a 7z archive", unpack_first}},
    {257, "ustar"sv, {"a tar archive", unpack_first}},
    {0, "\x1f\x8b"sv, {"gzip data", unpack_first}},
    {0, "BZh"sv, {"bzip2 data", unpack_first}},
    {0, "\x28\xb5\x2f\xfd"sv, {"zstd data", "unpack them with zstd -d"}},
    {0, "\xfd\x37\x7a\x58\x5a\0"sv, {"xz data", "unpack them with xz -d"}},
    {0, "\x04\x22\x4d\x18"sv, {"lz4 data", "unpack them with lz4 -d"}},
    {0, "%PDF"sv, {"a PDF document", ""}},
    {0, "SQLite format 3\0"sv, {"an SQLite database", ""}},
    {0,
     "\x7f"
     "ELF"sv,
     {"a program", ""}},
    {0, "MRCZJRNL"sv, {"the journal of an MRCZ file that is being appended to", "run mrcz repair on that file"}},
}};

class Probe {
  public:
    explicit Probe(std::span<const std::byte, Header::bytes_on_disk> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool has(const Magic& magic) const {
        return text().substr(magic.offset, magic.bytes.size()) == magic.bytes;
    }
    [[nodiscard]] std::uint32_t big(std::size_t offset) const {
        return load<std::uint32_t>(bytes_.data() + offset, ByteOrder::big);
    }
    [[nodiscard]] std::uint32_t little(std::size_t offset) const {
        return load_le<std::uint32_t>(bytes_.data() + offset);
    }
    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }

  private:
    std::span<const std::byte, Header::bytes_on_disk> bytes_;
};

/// Version 3: u32 bytes of the file; version 4: u64; then whether the tags' values are little-endian.
bool is_digital_micrograph(const Probe& probe) {
    const std::uint32_t version = probe.big(0);
    if (version == 3) return probe.big(8) <= 1;
    return version == 4 && probe.big(12) <= 1;
}

/// EDAX patterns (.up1, .up2): version, columns, rows and where the patterns begin.
bool is_edax_patterns(const Probe& probe) {
    constexpr std::uint32_t most_pixels = 4096;
    const std::uint32_t begin = probe.little(12);
    return (probe.little(0) == 1 || probe.little(0) == 3) && (begin == 16 || begin == 42) && probe.little(4) > 0 &&
           probe.little(4) <= most_pixels && probe.little(8) > 0 && probe.little(8) <= most_pixels;
}

bool is_text(const Probe& probe) {
    return std::ranges::all_of(probe.text(), [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return code >= 0x20 ? code != 0x7f : code == '\n' || code == '\r' || code == '\t';
    });
}

}  // namespace

ForeignFormat foreign_format_of(std::span<const std::byte, Header::bytes_on_disk> bytes) noexcept {
    const Probe probe(bytes);
    for (const Magic& magic : magics)
        if (probe.has(magic)) return magic.format;
    if (is_digital_micrograph(probe)) return {"a Digital Micrograph image (DM3 or DM4)", convert_first};
    if (is_edax_patterns(probe)) return {"a file of EDAX patterns (.up1, .up2)", convert_first};
    if (is_text(probe)) return {"a text file", ""};
    return {};
}

}  // namespace mrcz::header
