#include <cmath>

#include "base/text.hpp"
#include "io/file_system.hpp"
#include "kit/four_bit.hpp"
#include "kit/wrappers.hpp"
#include "mrcz/process.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Append : public Workplace {
  public:
    void put(const std::string& name, const Bytes& bytes) const { kit::write_file(path(name), bytes); }
    [[nodiscard]] Bytes get(const std::string& name) const { return kit::read_file(path(name)); }
    void compress_to(const std::string& name, const Bytes& plain, const CompressOptions& options = {}) const {
        put(name, compressed(plain, options));
    }

    AppendResult appended(const std::vector<std::string>& inputs, const std::string& target,
                          const AppendOptions& options = {}) {
        std::vector<Input> files;
        for (const std::string& name : inputs) files.push_back(Input::file(path(name)));
        RunContext context;
        context.log = [this](std::string_view text) { warnings.emplace_back(text); };
        return append(files, path(target), options, context);
    }

    std::vector<std::string> warnings;
};

namespace {

Bytes pixels_behind(const Bytes& plain) { return pixels_of(plain); }

Bytes joined(const Bytes& a, const Bytes& b) {
    Bytes all = a;
    all.insert(all.end(), b.begin(), b.end());
    return all;
}

}  // namespace

TEST_F(Append, GivesTheFramesOfAllInputsInOrder) {
    const Bytes a = kit::make_plain_file({.nz = 3}, 1), b = kit::make_plain_file({.nz = 2}, 2),
                c = kit::make_plain_file({.order = ByteOrder::big}, 3);
    for (const std::string& codec : compressing_codecs()) {
        CompressOptions options;
        options.codec = codec;
        options.metadata = some_metadata();
        compress_to("target", a, options);
        put("b.mrc", kit::gzipped(b));
        compress_to("c.mrcz", c);
        const AppendResult result = appended({"b.mrc", "c.mrcz"}, "target");
        EXPECT_EQ(result.frames_before, 3);
        EXPECT_EQ(result.frames, 10);
        const Bytes bytes = get("target");
        EXPECT_EQ(result.bytes_out, bytes.size());
        EXPECT_EQ(pixels_of(bytes), joined(joined(pixels_behind(a), pixels_behind(b)), pixels_behind(c))) << codec;
        const VerifyResult checked = verified(bytes);
        EXPECT_TRUE(checked.frames_hashed);
        EXPECT_TRUE(checked.findings.empty());
        const Reader reader = reader_of(bytes);
        EXPECT_EQ(reader.codec().name, codec);
        EXPECT_EQ(reader.statistics().size(), 10U);
        ASSERT_TRUE(reader.metadata());
        EXPECT_NE(reader.provenance().find(R"("frames_before":3,"frames":10)"), std::string::npos);
        EXPECT_FALSE(std::filesystem::exists(path("target.journal")));
    }
}

TEST_F(Append, SaysThatTheOriginalIsNoLongerRestored) {
    compress_to("target", kit::make_plain_file({}));
    put("more", kit::make_plain_file({.nz = 1}));
    (void)appended({"more"}, "target");
    ASSERT_FALSE(warnings.empty());
    EXPECT_EQ(warnings.size(), 1U) << warnings.back();
    EXPECT_NE(warnings[0].find("no longer restores"), std::string::npos) << warnings[0];
    for (const SectionInfo& section : reader_of(get("target")).sections()) EXPECT_NE(section.id, "ORIG");
}

TEST_F(Append, CountsAndMeasuresAllFramesInTheHeader) {
    const Bytes a = kit::make_plain_file({.nz = 3}, 1), b = kit::make_plain_file({.nz = 5}, 2);
    compress_to("target", a);
    put("b", b);
    (void)appended({"b"}, "target");
    // A file made of all frames at once says the same.
    WriterOptions options;
    options.nx = 32;
    options.ny = 24;
    Writer writer(path("at once"), options);
    writer.append(joined(pixels_of(a), pixels_of(b)));
    writer.finish();
    const Reader reader = reader_of(get("target"));
    const Reader at_once = reader_of(get("at once"));
    EXPECT_EQ(reader.header().nz(), 8);
    for (const HeaderField field : {HeaderField::dmin, HeaderField::dmax, HeaderField::dmean, HeaderField::rms})
        EXPECT_EQ(reader.header().real(field), at_once.header().real(field));
    EXPECT_EQ(reader.statistics(), at_once.statistics());
    EXPECT_NEAR(reader.header().voxel_angstrom()[0], 1.5, 1e-6);
}

TEST_F(Append, ToPlainFilesOfBothByteOrdersGivesPlainFiles) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes a = kit::make_plain_file({.nz = 3, .order = order, .extended_bytes = 40}, 1);
        const Bytes b = kit::make_plain_file({.nz = 2}, 2);
        put("target", a);
        put("b", b);
        (void)appended({"b"}, "target");
        const Bytes bytes = get("target");
        EXPECT_EQ(bytes.size(), a.size() + 2 * 32 * 24 * 2);
        EXPECT_EQ(pixels_of(bytes), joined(pixels_of(a), pixels_of(b)));
        const Reader reader = reader_of(bytes);
        EXPECT_EQ(reader.is_big_endian(), order == ByteOrder::big);
        EXPECT_EQ(reader.header().nz(), 5);
        EXPECT_EQ(reader.header().integer(HeaderField::mz), 1);
        EXPECT_TRUE(reader.sections().empty());
    }
}

TEST_F(Append, DoesNotClaimStatisticsOfFramesThatNobodyMeasured) {
    Bytes plain = kit::make_plain_file({.nz = 2}, 1);
    for (const std::size_t offset : {76, 80, 84, 216})
        store_le(&plain[offset], offset == 216 ? -1.0F : offset == 76 ? 0.0F : -static_cast<float>(offset - 76) / 4);
    put("target", plain);
    put("b.mrc", kit::make_plain_file({.nz = 2}, 2));
    (void)appended({"b.mrc"}, "target");
    EXPECT_TRUE(std::isnan(reader_of(get("target")).header().statistics().mean));
    EXPECT_TRUE(std::isnan(reader_of(get("target")).header().statistics().maximum));
}

TEST_F(Append, MovesTheFooterOfAPlainFileBehindTheNewFrames) {
    WriterOptions options;
    options.nx = 32;
    options.ny = 24;
    options.codec = "raw";
    options.metadata = some_metadata();
    const Bytes a = kit::make_pixels(options.type, 32 * 24 * 2);
    Writer writer(path("target"), options);
    writer.append(a);
    writer.finish();
    const Bytes b = kit::make_plain_file({.nz = 4}, 2);
    put("b", b);
    (void)appended({"b"}, "target");
    const Reader reader = reader_of(get("target"));
    EXPECT_EQ(pixels_of(get("target")), joined(a, pixels_of(b)));
    EXPECT_TRUE(reader.metadata());
    EXPECT_EQ(reader.statistics().size(), 6U);
    EXPECT_TRUE(verified(get("target")).frames_hashed);
}

TEST_F(Append, RefusesAPlainFileWithUnknownBytesBehindItsPixels) {
    const Bytes a = kit::make_plain_file({.trailing_bytes = 9});
    put("target", a);
    put("b", kit::make_plain_file({}));
    const Error error = kit::error_of([&] { (void)appended({"b"}, "target"); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("9 bytes follow the pixels"), std::string::npos);
    EXPECT_EQ(get("target"), a);
}

TEST_F(Append, RefusesAPlainFileWhoseEndTellsHowItsRowsLie) {
    const Bytes contiguous = kit::make_four_bit_file({.packing = RowPacking::contiguous});
    put("b", contiguous);
    put("target", contiguous);
    const Error error = kit::error_of([&] { (void)appended({"b"}, "target"); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("how its odd rows of 4-bit pixels lie; compress the file and append to that"),
              std::string::npos)
        << error.message();
    EXPECT_EQ(get("target"), contiguous);
    EXPECT_FALSE(std::filesystem::exists(path("target.journal")));
    compress_to("target", contiguous);
    (void)appended({"b"}, "target");
    EXPECT_EQ(pixels_of(get("target")), joined(pixels_of(contiguous), pixels_of(contiguous)));
    const Bytes padded = kit::make_four_bit_file({});
    put("b", padded);
    put("target", padded);
    (void)appended({"b"}, "target");
    EXPECT_EQ(pixels_of(get("target")), joined(pixels_of(padded), pixels_of(padded)));
}

TEST_F(Append, NamesBothWhenShapeOrPixelTypeDiffer) {
    compress_to("target", kit::make_plain_file({}));
    const Bytes before = get("target");
    put("good", kit::make_plain_file({}));
    put("wide", kit::make_plain_file({.nx = 33}));
    put("float", kit::make_plain_file({.type = PixelType::float32}));
    for (const std::string name : {"wide", "float"}) {
        const Error error = kit::error_of([&] { (void)appended({"good", name}, "target"); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(error.context(), path(name).string());
        EXPECT_NE(error.message().find(path("target").string() + " of 32 x 24 int16"), std::string::npos)
            << error.message();
        EXPECT_EQ(get("target"), before);
        EXPECT_FALSE(std::filesystem::exists(path("target.journal")));
    }
}

TEST_F(Append, NamesHowRowsOfFourBitsLie) {
    kit::FourBitFile description;
    put("padded", kit::make_four_bit_file(description));
    description.packing = RowPacking::contiguous;
    compress_to("target", kit::make_four_bit_file(description));
    const Error error = kit::error_of([&] { (void)appended({"padded"}, "target"); });
    EXPECT_NE(error.message().find("uint4 in padded rows, "), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("uint4 in contiguous rows;"), std::string::npos) << error.message();
}

TEST_F(Append, RefusesAWrappedTargetAndSaysWhatToDo) {
    const Bytes wrapped = kit::gzipped(kit::make_plain_file({}));
    put("target.mrc.gz", wrapped);
    put("more", kit::make_plain_file({}));
    const Error error = kit::error_of([&] { (void)appended({"more"}, "target.mrc.gz"); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("gunzip"), std::string::npos) << error.message();
    EXPECT_EQ(get("target.mrc.gz"), wrapped);
}

TEST_F(Append, InputThatFailsHalfwayLeavesTheTargetAsItWas) {
    compress_to("target", kit::make_plain_file({}));
    const Bytes before = get("target");
    Bytes damaged = compressed(kit::make_plain_file({.nz = 9}));
    damaged[1024 + 2000] ^= std::byte{1};
    put("damaged", damaged);
    put("good", kit::make_plain_file({}));
    const Error error = kit::error_of([&] { (void)appended({"good", "damaged"}, "target"); });
    EXPECT_EQ(error.group(), ErrorGroup::data);
    EXPECT_EQ(error.context(), path("damaged").string());
    EXPECT_EQ(get("target"), before);
    EXPECT_FALSE(std::filesystem::exists(path("target.journal")));
}

TEST_F(Append, SaysNothingOfTheOriginalWhenItFails) {
    compress_to("target", kit::make_plain_file({}));
    const Bytes before = get("target");
    put("wide", kit::make_plain_file({.nx = 33}));
    Bytes damaged = compressed(kit::make_plain_file({}));
    damaged[1024 + 40] ^= std::byte{1};  // the first frame
    put("damaged", damaged);
    AppendOptions live;
    live.live = LiveOptions{.frames = 1, .seconds = 1000};
    for (const AppendOptions& options : {AppendOptions{}, live})
        for (const std::string name : {"wide", "damaged"}) {
            (void)kit::error_of([&] { (void)appended({name}, "target", options); });
            EXPECT_TRUE(warnings.empty()) << warnings.back();
            EXPECT_EQ(get("target"), before);
            EXPECT_FALSE(std::filesystem::exists(path("target.journal")));
        }
}

TEST_F(Append, JournalWithoutItsFileIsNamed) {
    put("target.journal", Bytes(100));
    put("more", kit::make_plain_file({}));
    const Error error = kit::error_of([&] { (void)appended({"more"}, "target"); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(error.message().find("only its journal " + path("target.journal").string()), std::string::npos);
    EXPECT_EQ(kit::error_of([&] { (void)repair(path("target")); }).message(), error.message());
}

TEST_F(Append, LiveKeepsWhatCameBeforeTheFailure) {
    const Bytes a = kit::make_plain_file({}, 1), good = kit::make_plain_file({}, 2);
    compress_to("target", a);
    Bytes damaged = compressed(kit::make_plain_file({.nz = 9}));
    damaged[1024 + 2000] ^= std::byte{1};
    put("damaged", damaged);
    put("good", good);
    AppendOptions options;
    options.live = LiveOptions{.frames = 2, .seconds = 1000};
    const Error error = kit::error_of([&] { (void)appended({"good", "damaged"}, "target", options); });
    (void)verified(get("target"));
    EXPECT_EQ(error.context(), path("damaged").string());
    const std::int64_t frames = reader_of(get("target")).frames();
    EXPECT_NE(error.message().find(concat("target is finished and has ", frames, " frames")), std::string::npos)
        << error.message();
    const Bytes pixels = pixels_of(get("target"));
    const Bytes least = joined(pixels_of(a), pixels_of(good));
    ASSERT_GE(pixels.size(), least.size());
    EXPECT_TRUE(std::equal(least.begin(), least.end(), pixels.begin()));
}

TEST_F(Append, RefusesATargetThatAnotherProgramAppendsTo) {
    compress_to("target", kit::make_plain_file({}));
    put("b", kit::make_plain_file({}));
    const auto other = io::disk().open_locked(path("target"));
    const Error error = kit::error_of([&] { (void)appended({"b"}, "target"); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(error.message().find("another program is writing to it"), std::string::npos);
}

TEST_F(Append, RefusesToAppendAFileToItself) {
    compress_to("target", kit::make_plain_file({}));
    const Bytes before = get("target");
    EXPECT_EQ(kit::error_of([&] { (void)appended({"target"}, "target"); }).code(), ErrorCode::invalid_argument);
    EXPECT_EQ(get("target"), before);
}

TEST_F(Append, RefusesACorrectedTargetUnlessTheFramesAreCorrectedAlike) {
    put("raw.mrc", kit::make_plain_file({}));
    ProcessOptions correction;
    correction.outliers.emplace();
    for (const bool is_plain : {false, true}) {
        correction.is_plain = is_plain;
        (void)ProcessSession({path("raw.mrc")}, correction, {}).process(0, Output::file(path("target"), true), {});
        const Bytes before = get("target");
        const Error error = kit::error_of([&] { (void)appended({"raw.mrc"}, "target"); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_NE(error.message().find("--corrected"), std::string::npos) << error.what();
        EXPECT_EQ(get("target"), before);
        AppendOptions options;
        options.corrected = true;
        const AppendResult result = appended({"raw.mrc"}, "target", options);
        EXPECT_GT(result.frames, result.frames_before);
    }
}

TEST_F(Append, SaysThatCorrectedFramesAreNotOnTheTargetsRecord) {
    put("raw.mrc", kit::make_plain_file({}));
    ProcessOptions correction;
    correction.outliers.emplace();
    (void)ProcessSession({path("raw.mrc")}, correction, {}).process(0, Output::file(path("corrected.mrcz")), {});
    (void)appended({"corrected.mrcz"}, "raw.mrc");
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings[0].find("were corrected"), std::string::npos) << warnings[0];
}

TEST_F(Append, OfNoFrameChangesNothing) {
    compress_to("target", kit::make_plain_file({}));
    const Bytes before = get("target");
    Bytes empty = kit::make_plain_file({});
    empty.resize(1024);
    empty[8] = std::byte{0};
    put("empty", empty);
    EXPECT_EQ(appended({"empty"}, "target").frames, 5);
    EXPECT_EQ(get("target"), before);
}

TEST_F(Append, RefusesADamagedTargetAndNamesRepair) {
    Bytes cut = compressed(kit::make_plain_file({}));
    cut.resize(cut.size() - 3);
    put("target", cut);
    put("b", kit::make_plain_file({}));
    const Error error = kit::error_of([&] { (void)appended({"b"}, "target"); });
    EXPECT_EQ(error.group(), ErrorGroup::data);
    EXPECT_NE(error.message().find("mrcz repair"), std::string::npos) << error.message();
    EXPECT_EQ(get("target"), cut);
}

TEST_F(Append, ThreadsChangeNoByte) {
    ThreadExecutor four(4);
    const Bytes a = compressed(kit::make_plain_file({}));
    put("b", kit::make_plain_file({.nz = 20}, 2));
    Bytes first;
    for (Executor* executor : {static_cast<Executor*>(nullptr), static_cast<Executor*>(&four)}) {
        put("target", a);
        const std::vector<Input> inputs{Input::file(path("b"))};
        (void)append(inputs, path("target"), {}, on(executor));
        if (first.empty()) first = get("target");
        EXPECT_EQ(get("target"), first);
    }
}

TEST_F(Append, FilesOfPythonMrczGrowAndGetFooterAndIndex) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const auto file = *data / "generated-by-python-mrcz" / "0.5.7" / "merlin12_u2_zstd1.mrcz";
    const Bytes before = kit::read_file(file);
    put("target", before);
    put("b", before);
    (void)appended({"b"}, "target");
    EXPECT_EQ(pixels_of(get("target")), joined(pixels_of(before), pixels_of(before)));
    EXPECT_TRUE(verified(get("target")).frames_hashed);
    EXPECT_TRUE(reader_of(get("target")).has_random_access());
}

}  // namespace mrcz::jobs_test
