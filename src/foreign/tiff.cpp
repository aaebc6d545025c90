#include <algorithm>
#include <optional>
#include <vector>

#include "base/checked.hpp"
#include "base/fail.hpp"
#include "foreign/formats.hpp"
#include "foreign/numbers.hpp"
#include "foreign/tiff_source.hpp"

namespace mrcz::foreign {
namespace {

std::optional<Number> number_of(std::uint16_t sample_format, std::uint16_t bits) {
    struct Row {
        std::uint16_t format, bits;
        Number number;
    };
    static constexpr std::array<Row, 10> rows{{
        {SAMPLEFORMAT_UINT, 8, Number::uint8},
        {SAMPLEFORMAT_INT, 8, Number::int8},
        {SAMPLEFORMAT_UINT, 16, Number::uint16},
        {SAMPLEFORMAT_INT, 16, Number::int16},
        {SAMPLEFORMAT_UINT, 32, Number::uint32},
        {SAMPLEFORMAT_INT, 32, Number::int32},
        {SAMPLEFORMAT_UINT, 64, Number::uint64},
        {SAMPLEFORMAT_INT, 64, Number::int64},
        {SAMPLEFORMAT_IEEEFP, 32, Number::float32},
        {SAMPLEFORMAT_IEEEFP, 64, Number::float64},
    }};
    const std::uint16_t format = sample_format == SAMPLEFORMAT_VOID ? std::uint16_t{SAMPLEFORMAT_UINT} : sample_format;
    const auto found =
        std::ranges::find_if(rows, [&](const Row& row) { return row.format == format && row.bits == bits; });
    return found == rows.end() ? std::nullopt : std::optional(found->number);
}

Number number_of(const TiffFile& file) {
    const auto samples = file.field<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL, 1);
    const auto bits = file.field<std::uint16_t>(TIFFTAG_BITSPERSAMPLE, 1);
    const auto format = file.field<std::uint16_t>(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    if (samples != 1) fail(ErrorCode::unsupported, "TIFF of ", samples, " samples a pixel: a reference has one");
    const auto number = number_of(format, bits);
    if (!number)
        fail(ErrorCode::unsupported, "TIFF of ", bits, " bits a pixel (sample format ", format,
             "): references have whole numbers of 8 to 64 bits, or floats of 32 or 64");
    return *number;
}

std::uint16_t compression_of(const TiffFile& file) {
    const auto compression = file.field<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    if (TIFFIsCODECConfigured(compression) == 0)
        fail(ErrorCode::unsupported, "TIFF compression ", compression,
             " is none that libtiff has (65000 to 65002: a movie of events, .eer, not a reference)");
    return compression;
}

/// A part of the image that libtiff decodes at once: a strip, or a tile, which may stick out of the image.
struct Piece {
    std::uint32_t index = 0;
    std::uint64_t x = 0, y = 0;           // of its first pixel
    std::uint64_t columns = 0, rows = 0;  // as decoded
};

class PieceReader {
  public:
    PieceReader(const TiffFile& file, Number number, FloatImage& image, const Limits& limits)
        : file_(file), number_(number), image_(image), limit_(limits.frame_bytes) {}

    /// `decode` is TIFFReadEncodedStrip or TIFFReadEncodedTile.
    template <class Decode>
    void read(const Piece& piece, const Decode& decode) {
        const std::uint64_t pixel_bytes = bytes_of(number_);
        const std::uint64_t bytes =
            checked_mul(checked_mul(piece.columns, piece.rows, "strip or tile"), pixel_bytes, "strip or tile");
        if (bytes > limit_)
            fail(ErrorCode::limit_exceeded, "TIFF: a strip or tile of ", bytes, " bytes, the limit is ", limit_);
        decoded_.resize(static_cast<std::size_t>(bytes));
        const tmsize_t got = decode(file_.get(), piece.index, decoded_.data(), static_cast<tmsize_t>(decoded_.size()));
        if (got != static_cast<tmsize_t>(bytes))
            file_.fail_with(concat("TIFF: strip or tile ", piece.index, " does not decode to its ", bytes, " bytes"));
        place(piece);
    }

  private:
    void place(const Piece& piece) {
        const auto width = static_cast<std::uint64_t>(image_.shape.nx);
        const std::uint64_t columns = std::min(piece.columns, width - piece.x);
        const std::uint64_t rows = std::min(piece.rows, static_cast<std::uint64_t>(image_.shape.ny) - piece.y);
        const std::size_t pixel_bytes = bytes_of(number_);
        for (std::uint64_t row = 0; row < rows; ++row)
            to_floats(std::span(decoded_).subspan(row * piece.columns * pixel_bytes, columns * pixel_bytes), number_,
                      host_order, std::span(image_.values).subspan((piece.y + row) * width + piece.x, columns));
    }

    // libtiff has brought the samples into it.
    static constexpr ByteOrder host_order =
        std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

    const TiffFile& file_;
    Number number_;
    FloatImage& image_;
    std::uint64_t limit_;
    std::vector<std::byte> decoded_;
};

/// How the image is cut: strips are as wide as it is.
struct Cut {
    std::uint64_t nx = 0, ny = 0;         // of the image
    std::uint64_t columns = 0, rows = 0;  // of a piece
    bool is_tiled = false;

    /// As decoded: the last strip ends with the image, tiles may stick out of it.
    [[nodiscard]] std::uint64_t pixels() const {
        if (!is_tiled) return checked_mul(nx, ny, "pixels of the image");
        const std::uint64_t across = (nx + columns - 1) / columns, down = (ny + rows - 1) / rows;
        return checked_mul(checked_mul(across, columns, "tiles"), checked_mul(down, rows, "tiles"), "tiles");
    }
};

Cut cut_of(const TiffFile& file) {
    Cut cut{.nx = file.field<std::uint32_t>(TIFFTAG_IMAGEWIDTH, 0),
            .ny = file.field<std::uint32_t>(TIFFTAG_IMAGELENGTH, 0),
            .is_tiled = TIFFIsTiled(file.get()) != 0};
    if (cut.is_tiled) {
        cut.columns = file.field<std::uint32_t>(TIFFTAG_TILEWIDTH, 0);
        cut.rows = file.field<std::uint32_t>(TIFFTAG_TILELENGTH, 0);
        if (cut.columns == 0 || cut.rows == 0)
            fail(ErrorCode::corrupt, "TIFF: tiles of ", cut.columns, " x ", cut.rows, " pixels");
    } else {
        cut.columns = cut.nx;
        cut.rows = std::min<std::uint64_t>(cut.ny, file.field<std::uint32_t>(TIFFTAG_ROWSPERSTRIP, UINT32_MAX));
        if (cut.rows == 0 && cut.ny > 0) fail(ErrorCode::corrupt, "TIFF: strips of 0 rows");
    }
    return cut;
}

/// Beyond `always`, pixels may take this many times the bytes of the file. Deflate reaches 1032; flat images under zstd
/// more, which are small.
constexpr std::uint64_t most_compressed = 4096, always = std::uint64_t{256} << 20;

/// A few bytes that speak of gigabytes end here, before those are asked for.
void require_bytes_for(const Cut& cut, std::uint64_t pixel_bytes, std::uint16_t compression, std::uint64_t file_bytes) {
    const std::uint64_t decoded = checked_mul(cut.pixels(), pixel_bytes, "bytes of the image");
    if (compression == COMPRESSION_NONE && decoded > file_bytes)
        fail(ErrorCode::truncated, "TIFF: ", cut.nx, " x ", cut.ny, " pixels in ", cut.is_tiled ? "tiles" : "strips",
             " take ", decoded, " bytes, the whole file has ", file_bytes);
    if (decoded > always && decoded / most_compressed > file_bytes)
        fail(ErrorCode::corrupt, "TIFF: ", cut.nx, " x ", cut.ny, " pixels in ", cut.is_tiled ? "tiles" : "strips",
             " take ", decoded, " bytes, which the ", file_bytes, " of the file cannot hold under any compression");
}

void read_strips(const Cut& cut, PieceReader& reader) {
    std::uint32_t index = 0;
    for (std::uint64_t y = 0; y < cut.ny; y += cut.rows)
        reader.read(Piece{index++, 0, y, cut.nx, std::min(cut.rows, cut.ny - y)}, TIFFReadEncodedStrip);
}

void read_tiles(const Cut& cut, PieceReader& reader) {
    std::uint32_t index = 0;
    for (std::uint64_t y = 0; y < cut.ny; y += cut.rows)
        for (std::uint64_t x = 0; x < cut.nx; x += cut.columns)
            reader.read(Piece{index++, x, y, cut.columns, cut.rows}, TIFFReadEncodedTile);
}

}  // namespace

FloatImage read_tiff(const ByteSource& source, const Limits& limits) {
    const TiffFile file(source, limits);
    const Number number = number_of(file);
    const std::uint16_t compression = compression_of(file);
    const Cut cut = cut_of(file);
    require_bytes_for(cut, bytes_of(number), compression, source.size());
    FloatImage image = make_image(cut.nx, cut.ny, bytes_of(number), limits);
    PieceReader reader(file, number, image, limits);
    if (cut.is_tiled)
        read_tiles(cut, reader);
    else
        read_strips(cut, reader);
    return image;
}

}  // namespace mrcz::foreign
