#include <fstream>

#include "container/footer.hpp"
#include "io/file_system.hpp"
#include "kit/wrappers.hpp"
#include "mrcz/process.hpp"
#include "mrcz/provenance.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Proof : public Workplace {
  public:
    void compress_to(const std::string& from, const std::string& to, const CompressOptions& options = {}) const {
        (void)compress(Input::file(path(from)), Output::file(path(to), true), options);
    }
    void decompress_to(const std::string& from, const std::string& to, bool keep_metadata = false) const {
        DecompressOptions options;
        options.keep_metadata = keep_metadata;
        (void)decompress(Input::file(path(from)), Output::file(path(to), true), options);
    }
    ErrorCode code_of_compressed(const std::string& from, const std::string& to) const {
        return kit::error_of([&] { prove_compressed(Input::file(path(from)), path(to)); }).code();
    }
    ErrorCode code_of_restored(const std::string& from, const std::string& to) const {
        return kit::error_of([&] { prove_restored(Input::file(path(from)), path(to)); }).code();
    }
    void flip(const std::string& name, std::size_t offset) const {
        Bytes bytes = kit::read_file(path(name));
        bytes[offset] ^= std::byte{1};
        kit::write_file(path(name), bytes);
    }
    /// An MRCZ file that holds no original, as other programs write it.
    void write_without_original(const std::string& name, const std::optional<Metadata>& metadata = {}) const {
        WriterOptions options;
        options.nx = 20;
        options.ny = 10;
        options.metadata = metadata;
        options.overwrite = true;
        Writer writer(path(name), options);
        writer.append(kit::make_pixels(options.type, 600));
        writer.finish();
    }
};

TEST_F(Proof, CompressedFilesOfEveryKindAreProven) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 30, 20, 3, ByteOrder::big, 40, 5});
    kit::write_file(path("a.mrc"), plain);
    kit::write_file(path("a.mrc.gz"), kit::gzipped(plain));
    compress_to("a.mrc", "a.mrcz");
    EXPECT_NO_THROW(prove_compressed(Input::file(path("a.mrc")), path("a.mrcz")));
    EXPECT_NO_THROW(prove_compressed(Input::file(path("a.mrc.gz")), path("a.mrcz")));
    CompressOptions options;
    options.codec = "lz4";
    compress_to("a.mrcz", "b.mrcz", options);
    EXPECT_NO_THROW(prove_compressed(Input::file(path("a.mrcz")), path("b.mrcz")));
    write_without_original("w.mrcz");
    compress_to("w.mrcz", "v.mrcz");
    EXPECT_NO_THROW(prove_compressed(Input::file(path("w.mrcz")), path("v.mrcz")));
}

TEST_F(Proof, MetadataThatWereReplacedAreNotProven) {
    kit::write_file(path("a.mrc"), kit::make_plain_file({.nz = 2}));
    CompressOptions options;
    options.metadata = Metadata::from_json(R"({"grid":1})");
    compress_to("a.mrc", "a.mrcz", options);
    options.metadata = Metadata::from_json(R"({"grid":2})");
    compress_to("a.mrcz", "b.mrcz", options);
    EXPECT_THROW(prove_compressed(Input::file(path("a.mrcz")), path("b.mrcz")), Error);
}

TEST_F(Proof, AnyFlippedByteOfTheOutputFailsIt) {
    kit::write_file(path("a.mrc"), kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 0}));
    compress_to("a.mrc", "a.mrcz");
    const std::size_t size = kit::read_file(path("a.mrcz")).size();
    for (std::size_t offset = Header::bytes_on_disk; offset < size; ++offset) {
        flip("a.mrcz", offset);
        EXPECT_THROW(prove_compressed(Input::file(path("a.mrc")), path("a.mrcz")), Error) << offset;
        flip("a.mrcz", offset);
    }
    EXPECT_NO_THROW(prove_compressed(Input::file(path("a.mrc")), path("a.mrcz")));
}

TEST_F(Proof, OutputOfAnotherInputFailsIt) {
    kit::write_file(path("a.mrc"), kit::make_plain_file({}));
    compress_to("a.mrc", "a.mrcz");
    flip("a.mrc", kit::read_file(path("a.mrc")).size() - 1);  // the header alone would not tell
    EXPECT_EQ(code_of_compressed("a.mrc", "a.mrcz"), ErrorCode::corrupt);
    EXPECT_EQ(code_of_compressed("a.mrc", "a.mrc"), ErrorCode::invalid_argument);
    EXPECT_EQ(code_of_compressed("a.mrc", "absent"), ErrorCode::not_found);
    kit::write_file(path("a.mrc"), {});
    EXPECT_EQ(code_of_compressed("a.mrc", "a.mrcz"), ErrorCode::corrupt);
}

TEST_F(Proof, OutputWithoutTheOriginalDoesNotReplaceIt) {
    write_without_original("w.mrcz");
    decompress_to("w.mrcz", "w.mrc");
    EXPECT_EQ(code_of_compressed("w.mrc", "w.mrcz"), ErrorCode::invalid_argument);
    compress_to("w.mrc", "v.mrcz");  // holds an original
    EXPECT_EQ(code_of_compressed("v.mrcz", "w.mrcz"), ErrorCode::invalid_argument);
}

TEST_F(Proof, RestoredFilesAreProvenByEveryByte) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::big, 40, 5});
    kit::write_file(path("a.mrc"), plain);
    compress_to("a.mrc", "a.mrcz");
    decompress_to("a.mrcz", "b.mrc");
    EXPECT_NO_THROW(prove_restored(Input::file(path("a.mrcz")), path("b.mrc")));
    for (std::size_t offset = 0; offset < plain.size(); ++offset) {
        flip("b.mrc", offset);
        EXPECT_THROW(prove_restored(Input::file(path("a.mrcz")), path("b.mrc")), Error) << offset;
        flip("b.mrc", offset);
    }
    for (const std::size_t length : {std::size_t{0}, std::size_t{1024}, plain.size() - 5, plain.size() - 1}) {
        kit::write_file(path("b.mrc"), kit::truncated(plain, length));
        EXPECT_THROW(prove_restored(Input::file(path("a.mrcz")), path("b.mrc")), Error) << length;
    }
}

TEST_F(Proof, PixelsAreComparedWhereThereIsNoOriginal) {
    write_without_original("w.mrcz");
    decompress_to("w.mrcz", "w.mrc");
    EXPECT_NO_THROW(prove_restored(Input::file(path("w.mrcz")), path("w.mrc")));
    flip("w.mrc", kit::read_file(path("w.mrc")).size() - 1);
    EXPECT_EQ(code_of_restored("w.mrcz", "w.mrc"), ErrorCode::corrupt);
}

TEST_F(Proof, MetadataThatStayBehindFailIt) {
    CompressOptions options;
    options.metadata = some_metadata();
    kit::write_file(path("a.mrc"), kit::make_plain_file({}));
    compress_to("a.mrc", "a.mrcz", options);
    decompress_to("a.mrcz", "b.mrc");
    EXPECT_EQ(code_of_restored("a.mrcz", "b.mrc"), ErrorCode::invalid_argument);
    decompress_to("a.mrcz", "b.mrc", true);
    EXPECT_NO_THROW(prove_restored(Input::file(path("a.mrcz")), path("b.mrc")));
}

TEST_F(Proof, RecordOfCorrectionsThatStaysBehindFailsIt) {
    write_without_original("raw.mrcz");
    ProcessOptions correction;
    correction.outliers.emplace();
    ProcessSession session({path("raw.mrcz")}, correction, {});
    (void)session.process(0, Output::file(path("a.mrcz")), {});
    decompress_to("a.mrcz", "a.mrc");
    const Error error = kit::error_of([&] { prove_restored(Input::file(path("a.mrcz")), path("a.mrc")); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(error.message().find("record of its corrections"), std::string::npos) << error.what();
    decompress_to("a.mrcz", "a.mrc", true);
    EXPECT_NO_THROW(prove_restored(Input::file(path("a.mrcz")), path("a.mrc")));
    EXPECT_EQ(Reader(path("a.mrc")).provenance(), Reader(path("a.mrcz")).provenance());
    EXPECT_EQ(corrections_in(Reader(path("a.mrc")).provenance()).size(), 1U);
}

TEST_F(Proof, EditedHeaderThatWouldBeLostFailsIt) {
    kit::write_file(path("a.mrc"), kit::make_plain_file({}));
    compress_to("a.mrc", "a.mrcz");
    decompress_to("a.mrcz", "b.mrc");
    flip("a.mrcz", 40);
    EXPECT_EQ(code_of_restored("a.mrcz", "b.mrc"), ErrorCode::invalid_argument);
}

class KeptMetadata : public Proof {};

TEST_F(KeptMetadata, StandBehindTheOriginalAndComeBackWithIt) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::big, 40, 0});
    kit::write_file(path("a.mrc"), plain);
    compress_to("a.mrc", "a.mrcz", options);
    decompress_to("a.mrcz", "b.mrc", true);
    const Bytes kept = kit::read_file(path("b.mrc"));
    ASSERT_GT(kept.size(), plain.size());
    EXPECT_EQ(kit::truncated(kept, plain.size()), plain);
    EXPECT_EQ(Reader(path("b.mrc")).metadata()->to_json(), some_metadata().to_json());
    compress_to("b.mrc", "b.mrcz");
    decompress_to("b.mrcz", "c.mrc");
    EXPECT_EQ(kit::read_file(path("c.mrc")), kept);
    decompress_to("b.mrcz", "c.mrc", true);
    EXPECT_EQ(kit::read_file(path("c.mrc")), kept);
}

TEST_F(KeptMetadata, TakeThePlaceOfAnOlderFooter) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 0});
    kit::write_file(path("a.mrc"), plain);
    compress_to("a.mrc", "a.mrcz", options);
    decompress_to("a.mrcz", "b.mrc", true);
    options.metadata = Metadata::from_json(R"({"newer":true})");
    compress_to("b.mrc", "b.mrcz", options);
    decompress_to("b.mrcz", "c.mrc", true);
    EXPECT_EQ(kit::truncated(kit::read_file(path("c.mrc")), plain.size()), plain);
    EXPECT_EQ(Reader(path("c.mrc")).metadata()->to_json(), R"({"newer":true})");
    EXPECT_NO_THROW(prove_restored(Input::file(path("b.mrcz")), path("c.mrc")));
    EXPECT_EQ(code_of_restored("b.mrcz", "b.mrc"), ErrorCode::invalid_argument);  // still the older ones
}

TEST_F(KeptMetadata, AreRefusedWhereOtherBytesFollowThePixels) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 7});
    kit::write_file(path("a.mrc"), plain);
    compress_to("a.mrc", "a.mrcz", options);
    EXPECT_EQ(kit::error_of([&] { decompress_to("a.mrcz", "b.mrc", true); }).code(), ErrorCode::unsupported);
    EXPECT_FALSE(std::filesystem::exists(path("b.mrc")));
    compress_to("a.mrc", "a.mrcz");  // without metadata there is nothing to keep
    decompress_to("a.mrcz", "b.mrc", true);
    EXPECT_EQ(kit::read_file(path("b.mrc")), plain);
}

class Removal : public Proof {};

TEST_F(Removal, TakesTheNameOfAnUnchangedFile) {
    kit::write_file(path("a"), kit::make_noise(10));
    std::filesystem::create_hard_link(path("a"), path("b"));
    remove_unchanged(path("a"), FileStamp::of(path("a")));
    EXPECT_EQ(names(), std::vector<std::string>{"b"});
}

TEST_F(Removal, LeavesAFileThatAnotherAppendsTo) {
    kit::write_file(path("a"), kit::make_noise(10));
    const FileStamp before = FileStamp::of(path("a"));
    {
        const auto other = io::disk().open_locked(path("a"));
        EXPECT_EQ(kit::error_of([&] { remove_unchanged(path("a"), before); }).code(), ErrorCode::invalid_argument);
    }
    kit::write_file(path("a.journal"), {});
    EXPECT_EQ(kit::error_of([&] { remove_unchanged(path("a"), before); }).code(), ErrorCode::invalid_argument);
    EXPECT_TRUE(std::filesystem::exists(path("a")));
    std::filesystem::remove(path("a.journal"));
    std::filesystem::permissions(path("a"), std::filesystem::perms::owner_read);
    EXPECT_NO_THROW(remove_unchanged(path("a"), before));
    EXPECT_TRUE(names().empty());
}

TEST_F(Removal, LeavesAFileThatChanged) {
    kit::write_file(path("a"), kit::make_noise(10));
    const FileStamp before = FileStamp::of(path("a"));
    kit::write_file(path("a"), kit::make_noise(11));
    EXPECT_EQ(kit::error_of([&] { remove_unchanged(path("a"), before); }).code(), ErrorCode::corrupt);
    kit::write_file(path("b"), kit::make_noise(10));
    std::filesystem::rename(path("b"), path("a"));
    EXPECT_EQ(kit::error_of([&] { remove_unchanged(path("a"), before); }).code(), ErrorCode::corrupt);
    EXPECT_EQ(names(), std::vector<std::string>{"a"});
    EXPECT_EQ(kit::error_of([&] { (void)FileStamp::of(path("none")); }).code(), ErrorCode::not_found);
    EXPECT_EQ(kit::error_of([&] { (void)FileStamp::of(path("")); }).code(), ErrorCode::invalid_argument);
}

}  // namespace mrcz::jobs_test
