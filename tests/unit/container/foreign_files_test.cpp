// Files that python-mrcz and c-mrcz wrote, against the hashes of the pixels they were written from.
#include <algorithm>
#include <map>

#include "kit/chunks.hpp"
#include "kit/json_fields.hpp"
#include "kit/sha256.hpp"
#include "mrcz/convert.hpp"
#include "simd/kernels.hpp"
#include "unit/container/files.hpp"

namespace mrcz::container_test {
namespace {

namespace fs = std::filesystem;

struct Truth {
    std::string sha256;
    bool big_endian = false;  ///< the hash is of the bytes as NumPy held them
    std::vector<std::int64_t> shape;
};

std::map<std::string, Truth> truths_in(const fs::path& folder) {
    const Bytes bytes = kit::read_file(folder / "TRUTH.json");
    std::map<std::string, Truth> truths;
    const auto fields = kit::json_fields({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (const auto& [path, value] : fields) {
        if (!path.ends_with(".sha256_of_C_order_LE_pixels")) continue;
        const std::string file = path.substr(0, path.rfind('.'));
        Truth& truth = truths[file];
        truth.sha256 = value;
        truth.big_endian = fields.at(file + ".dtype").starts_with('>');
        for (int axis = 0; fields.contains(file + ".shape[" + std::to_string(axis) + "]"); ++axis)
            truth.shape.push_back(std::stoll(fields.at(file + ".shape[" + std::to_string(axis) + "]")));
    }
    return truths;
}

/// The hash of 4-bit pixels was taken of one a byte.
Bytes unpacked(const Reader& reader, const Bytes& packed) {
    FrameFormat all = reader.frame_format();
    all.ny *= reader.frames();
    FrameFormat bytes = all;
    bytes.type = PixelType::uint8;
    Bytes pixels(static_cast<std::size_t>(bytes_of(bytes)));
    (void)convert(packed, all, pixels, bytes);
    return pixels;
}

void expect_pixels(const fs::path& path, const Truth& truth) {
    const Reader reader(path);
    Bytes pixels = all_pixels(reader);
    if (reader.pixel_type() == PixelType::uint4) pixels = unpacked(reader, pixels);
    if (truth.big_endian) simd::kernels().byteswap(pixels, info_of(reader.pixel_type()).word_bytes);
    EXPECT_EQ(kit::sha256(pixels), truth.sha256);
    EXPECT_EQ(reader.columns(), truth.shape.back());
    EXPECT_EQ(reader.rows(), truth.shape[truth.shape.size() - 2]);
    EXPECT_EQ(reader.frames(), truth.shape.size() == 3 ? truth.shape[0] : 1);
    EXPECT_FALSE(has_finding(reader, "MRCZ-D01"));
}

constexpr const char* folder_is_missing = "the shared folder is missing";

}  // namespace

TEST(Sha256, MatchesTheStandardsExamples) {
    EXPECT_EQ(kit::sha256({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(kit::sha256(std::as_bytes(std::span(std::string_view("abc")))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ForeignFiles, OfPythonMrczHoldTheirPixels) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << folder_is_missing;
    int read = 0;
    for (const char* version : {"0.3.8", "0.5.0", "0.5.7"}) {
        const fs::path folder = *data / "generated-by-python-mrcz" / version;
        if (!fs::exists(folder)) GTEST_SKIP() << folder << " is missing";
        for (const auto& [name, truth] : truths_in(folder)) {
            SCOPED_TRACE(testing::Message() << version << "/" << name);
            if (name.starts_with("BUGGY")) continue;
            expect_pixels(folder / name, truth);
            ++read;
        }
    }
    EXPECT_GE(read, 15);
}

TEST(ForeignFiles, AreDecodedByWhatTheirChunksSayWhateverCodecModeNames) {
    for (const char* codec : {"blosclz", "lz4", "lz4hc", "zlib", "zstd"}) {
        const WriterOptions options = options_of(PixelType::int16, codec);
        Bytes file = written(options, 3);
        for (int id = 1; id <= 6; ++id) {
            store_le(&file[12], 1000 * id + 1);
            EXPECT_TRUE(all_pixels(reader_of(file)) == pixels_for(options, 3)) << codec << " as " << id;
        }
    }
}

TEST(ForeignFiles, OfBlosc2ChunksAreWalkedAndDecoded) {
    WriterOptions options = options_of(PixelType::int16, "lz4", 32, 24);
    options.coding.block_bytes = 512;
    const Bytes file = written(options, 3);
    const std::size_t data_offset = 1024 + load_le<std::uint32_t>(&file[92]);
    Bytes foreign(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(data_offset));
    constexpr std::string_view label = "MRCZ0.6.0";
    std::ranges::copy(std::as_bytes(std::span(label)), foreign.begin() + 224);
    store_le(&foreign[144], std::uint64_t{0});
    std::size_t at = data_offset;
    for (int frame = 0; frame < 3; ++frame) {
        const std::size_t bytes = load_le<std::uint32_t>(&file[at + 12]);
        append(foreign, kit::as_blosc2(Bytes(file.begin() + static_cast<std::ptrdiff_t>(at),
                                             file.begin() + static_cast<std::ptrdiff_t>(at + bytes))));
        at += bytes;
    }
    const Reader reader = reader_of(foreign);
    EXPECT_TRUE(all_pixels(reader) == pixels_for(options, 3));
    EXPECT_FALSE(has_finding(reader, "MRCZ-D01"));
}

TEST(ForeignFiles, OfPluginsOfBlosc2AreRefusedByName) {
    Bytes file = written(options_of(PixelType::int16, "lz4"), 1);
    store_le(&file[12], 13'001);
    const Error error = kit::error_of([&] { (void)reader_of(file); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("openzl"), std::string::npos) << error.message();
}

TEST(ForeignFiles, OfPythonMrczGiveTheirMetadata) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << folder_is_missing;
    for (const char* version : {"0.3.8", "0.5.0", "0.5.7"}) {
        const Reader reader(*data / "generated-by-python-mrcz" / version / "merlin12_u2_zstd1.mrcz");
        ASSERT_TRUE(reader.metadata()) << version;
        const auto fields = kit::json_fields(reader.metadata()->to_json());
        EXPECT_EQ(fields.at("Acquisition.note"), "µ-test") << version;
        EXPECT_EQ(reader.header().real(HeaderField::voltage), 200.0F);
    }
}

TEST(ForeignFiles, CastThatPythonMrczGotWrongIsOneClearError) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << folder_is_missing;
    const Error error = kit::error_of([&] {
        (void)all_pixels(Reader(*data / "generated-by-python-mrcz" / "0.5.7" / "BUGGY_cast_u2_to_f4_zstd.mrcz"));
    });
    EXPECT_EQ(error.group(), ErrorGroup::data);
    EXPECT_NE(error.message().find("frame 0"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("nbytes 131072"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("262144"), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find('\n'), std::string::npos);
}

TEST(ForeignFiles, OfCMrczHoldTheirPixels) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << folder_is_missing;
    const fs::path folder = *data / "generated-by-c-mrcz-0.1.3";
    const auto pixels_of = [](const fs::path& path) { return kit::sha256(all_pixels(Reader(path))); };
    const fs::path python = *data / "generated-by-python-mrcz" / "0.5.7";
    const auto truths = truths_in(python);
    EXPECT_EQ(pixels_of(folder / "emd3197_f4_lz4.mrcz"), truths.at("emd3197_f4_zlib.mrcz").sha256);
    EXPECT_EQ(pixels_of(folder / "from_pymrcz_u2_zstd_json.mrcz"), truths.at("merlin12_u2_zstd1.mrcz").sha256);
    EXPECT_EQ(pixels_of(folder / "plain_u2_json_to_none.mrc"), truths.at("plain_u2_json_oddlen.mrc").sha256);
    const auto old_truths = truths_in(*data / "generated-by-python-mrcz" / "0.3.8");
    EXPECT_EQ(pixels_of(folder / "tilt_f4_blosclz_byteshuffle_B65536.mrcz"),
              old_truths.at("tilt_f4_lz4_9.mrcz").sha256);
}

TEST(ForeignFiles, FileThatCMrczLeftWithoutDataIsOneClearError) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << folder_is_missing;
    const Reader reader(*data / "generated-by-c-mrcz-0.1.3" / "BUGGY_incompressible_lz4_no_data.mrcz");
    EXPECT_TRUE(has_finding(reader, "MRCZ-D01"));
    const Error error = kit::error_of([&] { (void)all_pixels(reader); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_NE(error.message().find("the file has 0 of 3 frames"), std::string::npos) << error.message();
    EXPECT_EQ(error.context(), reader.name());
}

}  // namespace mrcz::container_test
