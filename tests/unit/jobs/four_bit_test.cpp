// Files of 4-bit pixels through all jobs.
#include "kit/four_bit.hpp"
#include "kit/descriptors.hpp"
#include "kit/wrappers.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

std::vector<kit::FourBitFile> every_kind() {
    std::vector<kit::FourBitFile> kinds;
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
        for (const std::size_t trailing : {0, 3}) {
            const auto add = [&](std::int64_t nx, std::int64_t ny, RowPacking packing, bool half) {
                kinds.push_back({nx, ny, 3, packing, half, order, 100, trailing});
            };
            add(12, 7, RowPacking::padded, false);
            add(11, 7, RowPacking::padded, false);
            add(11, 8, RowPacking::padded, false);
            add(11, 7, RowPacking::contiguous, false);
            add(11, 8, RowPacking::contiguous, false);
            add(22, 7, RowPacking::padded, true);
            add(1, 1, RowPacking::padded, false);
        }
    return kinds;
}

std::string name_of(const kit::FourBitFile& kind) {
    return std::to_string(kind.nx) + " x " + std::to_string(kind.ny) +
           (kind.packing == RowPacking::padded ? " padded" : " contiguous") + (kind.half_width ? " half width" : "") +
           (kind.order == ByteOrder::big ? " big-endian" : "") + ", " + std::to_string(kind.trailing_bytes) + " more";
}

Bytes unpacked_pixels(const Bytes& file) {
    const Reader reader = reader_of(file);
    const Bytes packed = pixels_of(file);
    Bytes pixels;
    for (std::size_t at = 0; at < packed.size(); at += static_cast<std::size_t>(reader.frame_bytes()))
        append(pixels, kit::unpacked(std::span(packed).subspan(at, static_cast<std::size_t>(reader.frame_bytes())),
                                     reader.frame_format()));
    return pixels;
}

}  // namespace

class FourBit : public Workplace {};

TEST_F(FourBit, EveryKindComesBackByteForByte) {
    for (const kit::FourBitFile& kind : every_kind()) {
        SCOPED_TRACE(name_of(kind));
        const Bytes plain = kit::make_four_bit_file(kind);
        for (const std::string& codec : compressing_codecs()) {
            const Bytes packed = compressed(plain, codec);
            EXPECT_EQ(decompressed(packed), plain);
            EXPECT_TRUE(verified(packed).original_matched);
            EXPECT_EQ(reader_of(packed).frame_format(), kit::format_of(kind));
            EXPECT_EQ(pixels_of(packed), pixels_of(plain));
            EXPECT_EQ(decompressed(compressed(packed, "lz4")), plain) << "compressed twice";
        }
        EXPECT_EQ(decompressed(plain), plain);
    }
}

TEST_F(FourBit, WrappersAndPipesLoseNothing) {
    for (const kit::FourBitFile& kind : every_kind()) {
        SCOPED_TRACE(name_of(kind));
        const Bytes plain = kit::make_four_bit_file(kind);
        const Bytes packed = compressed(plain, "zstd");
        EXPECT_EQ(compressed(kit::gzipped(plain), "zstd"), packed);
        EXPECT_EQ(compressed(kit::bzipped(plain), "zstd"), packed);
        EXPECT_EQ(kit::through_pipes(plain, [](const Input& in, const Output& out) { (void)compress(in, out); }),
                  packed);
        EXPECT_EQ(kit::through_pipes(kit::gzipped(plain),
                                     [](const Input& in, const Output& out) { (void)compress(in, out); }),
                  packed);
        EXPECT_EQ(kit::through_pipes(packed, [](const Input& in, const Output& out) { (void)decompress(in, out); }),
                  plain);
        EXPECT_EQ(kit::through_pipes(plain, [](const Input& in, const Output& out) { (void)decompress(in, out); }),
                  plain);
    }
}

TEST_F(FourBit, CutFilesAreTruncatedFromWhereverTheyCome) {
    kit::FourBitFile kind;
    kind.packing = RowPacking::contiguous;
    Bytes cut = kit::make_four_bit_file(kind);
    cut.pop_back();
    const auto code_of = [](const std::function<void()>& work) { return kit::error_of(work).code(); };
    EXPECT_EQ(code_of([&] { (void)compressed(cut, "zstd"); }), ErrorCode::truncated);
    EXPECT_EQ(code_of([&] { (void)compressed(kit::gzipped(cut), "zstd"); }), ErrorCode::truncated);
    EXPECT_EQ(code_of([&] {
                  (void)kit::through_pipes(cut, [](const Input& in, const Output& out) { (void)compress(in, out); });
              }),
              ErrorCode::truncated);
}

TEST_F(FourBit, FlippedBitsNeverGiveOtherPixels) {
    for (const RowPacking packing : {RowPacking::padded, RowPacking::contiguous}) {
        const Bytes plain = kit::make_four_bit_file({.packing = packing});
        const Bytes packed = compressed(plain, "lz4");
        const Bytes pixels = unpacked_pixels(plain);
        // From the bytes of the first chunk's head on, which tell how rows lie.
        for (std::size_t bit = 8 * 1024; bit < 8 * packed.size(); bit += 7) {
            const Bytes flipped = kit::with_flipped_bit(packed, bit);
            std::string why_not;
            EXPECT_TRUE(kit::survives([&] { EXPECT_EQ(unpacked_pixels(flipped), pixels); }, &why_not)) << why_not;
        }
        for (std::size_t length = 0; length < packed.size(); length += 5)
            EXPECT_TRUE(kit::survives([&] { (void)unpacked_pixels(kit::truncated(packed, length)); }));
    }
}

TEST_F(FourBit, StatisticsAreThoseOfThePixels) {
    for (const kit::FourBitFile& kind : every_kind()) {
        SCOPED_TRACE(name_of(kind));
        const Bytes plain = kit::make_four_bit_file(kind);
        const Bytes pixels = unpacked_pixels(plain);
        WriterOptions options;
        options.nx = kind.nx;
        options.ny = kind.ny;
        options.type = PixelType::uint16;
        options.overwrite = true;
        Writer writer(path("wide"), options);
        Bytes wide;
        for (const std::byte pixel : pixels) append_le(wide, std::to_integer<std::uint16_t>(pixel));
        writer.append(wide);
        writer.finish();
        const Reader expected(path("wide"));
        const Reader actual = reader_of(compressed(plain, "zstd"));
        EXPECT_EQ(actual.statistics(), expected.statistics());
        for (const HeaderField field : {HeaderField::dmin, HeaderField::dmax, HeaderField::dmean, HeaderField::rms})
            EXPECT_EQ(actual.header().real(field), expected.header().real(field));
        DecompressOptions all;
        all.frames = ":";
        const Reader fresh = reader_of(decompressed(plain, all));
        EXPECT_EQ(fresh.header().real(HeaderField::dmean), expected.header().real(HeaderField::dmean));
    }
}

TEST_F(FourBit, FramesUnderAFreshHeaderHavePaddedRows) {
    for (const kit::FourBitFile& kind : every_kind()) {
        SCOPED_TRACE(name_of(kind));
        const Bytes plain = kit::make_four_bit_file(kind);
        const std::size_t frame = static_cast<std::size_t>(kind.nx * kind.ny);
        const Bytes pixels = unpacked_pixels(plain);
        DecompressOptions range;
        range.frames = "1:";
        for (const Bytes& input : {plain, compressed(plain, "zstd")}) {
            const Bytes some = decompressed(input, range);
            const Reader reader = reader_of(some);
            EXPECT_EQ(reader.frame_format(), (FrameFormat{PixelType::uint4, kind.nx, kind.ny, RowPacking::padded}));
            EXPECT_EQ(reader.header().nx(), kind.half_width ? kind.nx / 2 : kind.nx);
            EXPECT_EQ(unpacked_pixels(some), Bytes(pixels.begin() + static_cast<std::ptrdiff_t>(frame), pixels.end()));
            EXPECT_EQ(reader.file_bytes(), 1024 + 100 + 2 * reader.frame_bytes());
        }
    }
}

TEST_F(FourBit, PixelsThatWerePaddedOnTheirWayAreProven) {
    for (const RowPacking packing : {RowPacking::padded, RowPacking::contiguous}) {
        const Bytes plain = kit::make_four_bit_file({.packing = packing});
        kit::write_file(path("longer"), compressed(plain, "zstd"));
        kit::write_file(path("more"), plain);
        (void)append(std::vector{Input::file(path("more"))}, path("longer"));
        (void)decompress(Input::file(path("longer")), Output::file(path("plain"), true));
        EXPECT_NO_THROW(prove_restored(Input::file(path("longer")), path("plain")));
        Bytes other = kit::read_file(path("plain"));
        other[other.size() - 7] ^= std::byte{1};
        kit::write_file(path("plain"), other);
        EXPECT_EQ(kit::error_of([&] { prove_restored(Input::file(path("longer")), path("plain")); }).code(),
                  ErrorCode::corrupt);
    }
}

TEST_F(FourBit, ResultsDoNotDependOnThreads) {
    kit::FourBitFile kind;
    kind.nx = 301;
    kind.ny = 200;
    kind.nz = 20;
    kind.packing = RowPacking::contiguous;
    const Bytes plain = kit::make_four_bit_file(kind);
    ThreadExecutor executor(4);
    EXPECT_EQ(compressed(plain, {}, on(&executor)), compressed(plain));
}

TEST_F(FourBit, RealFileOfPythonMrczHoldsItsPixels) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const Bytes plain = kit::read_file(*data / "generated-by-python-mrcz" / "0.5.7" / "plain_uint4.mrc");
    const Bytes packed = compressed(plain, "zstd");
    EXPECT_EQ(decompressed(packed), plain);
    EXPECT_EQ(reader_of(packed).header().real(HeaderField::dmax), 15.0F);
    CompressOptions options;
    options.dtype = PixelType::int8;
    EXPECT_EQ(pixels_of(compressed(plain, options)), unpacked_pixels(plain));
}

}  // namespace mrcz::jobs_test
