#include "container/journal.hpp"
#include "io/file_system.hpp"
#include "kit/four_bit.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Repair : public Workplace {
  public:
    void put(const std::string& name, const Bytes& bytes) const { kit::write_file(path(name), bytes); }
    [[nodiscard]] Bytes get(const std::string& name) const { return kit::read_file(path(name)); }

    /// Repairs `damaged` and expects it untouched.
    RepairResult salvaged(const Bytes& damaged, RepairOptions options = {}) const {
        put("x.mrcz", damaged);
        options.overwrite = true;
        const RepairResult result = repair(path("x.mrcz"), options);
        EXPECT_EQ(get("x.mrcz"), damaged);
        return result;
    }

    const Bytes plain = kit::make_plain_file({.nx = 16, .ny = 12, .nz = 6}, 3);
    static constexpr std::size_t frame_bytes = 16 * 12 * 2;

    [[nodiscard]] Bytes frames(std::vector<std::size_t> numbers) const {
        Bytes pixels;
        for (const std::size_t number : numbers)
            append(pixels, std::span(plain).subspan(1024 + number * frame_bytes, frame_bytes));
        return pixels;
    }
    [[nodiscard]] Bytes with_metadata() const {
        CompressOptions options;
        options.metadata = some_metadata();
        return compressed(plain, options);
    }
};

namespace {

using Lost = std::vector<std::pair<std::int64_t, std::int64_t>>;

RepairOptions dropping() {
    RepairOptions options;
    options.drop_uncommitted = true;
    return options;
}

Lost lost_of(const RepairResult& result) {
    Lost lost;
    for (const FrameRange& range : result.lost_frames) lost.emplace_back(range.first, range.last);
    return lost;
}

/// Where frame `number` is stored, from the index at the end.
std::size_t offset_of_frame(const Bytes& file, std::size_t number, std::size_t count) {
    return static_cast<std::size_t>(load_le<std::uint64_t>(&file[file.size() - 4 - 16 * (count - number)]));
}

}  // namespace

TEST_F(Repair, WholeFileIsLeftAloneAndNothingIsWritten) {
    for (const Bytes& whole : {with_metadata(), plain}) {
        const RepairResult result = salvaged(whole);
        EXPECT_EQ(result.action, RepairAction::none);
        EXPECT_TRUE(result.problem.empty());
        EXPECT_EQ(result.frames, 6);
        EXPECT_FALSE(std::filesystem::exists(path("x.repaired.mrcz")));
    }
}

TEST_F(Repair, DamagedFramesAreLeftOutAndListed) {
    Bytes damaged = with_metadata();
    damaged[offset_of_frame(damaged, 1, 6) + 40] ^= std::byte{4};
    damaged[offset_of_frame(damaged, 4, 6) + 12] ^= std::byte{1};  // its size
    const RepairResult result = salvaged(damaged);
    EXPECT_EQ(result.action, RepairAction::salvaged);
    EXPECT_NE(result.problem.find("frame 1"), std::string::npos) << result.problem;
    EXPECT_EQ(lost_of(result), (Lost{{1, 2}, {4, 5}}));
    EXPECT_EQ(result.frames, 4);
    EXPECT_EQ(result.frames_before, 6);
    EXPECT_EQ(result.lost_sections, std::vector<std::string>{"ORIG"});
    const Bytes repaired = get("x.repaired.mrcz");
    EXPECT_EQ(pixels_of(repaired), frames({0, 2, 3, 5}));
    EXPECT_TRUE(verified(repaired).frames_hashed);
    const Reader reader = reader_of(repaired);
    EXPECT_TRUE(reader.metadata());
    EXPECT_NE(reader.provenance().find(R"("kept":[[0,1],[2,4],[5,6]])"), std::string::npos) << reader.provenance();
}

TEST_F(Repair, EveryFlippedBitLosesAtMostTheFrameItIsIn) {
    const Bytes whole = with_metadata();
    for (std::size_t bit = 8 * 1024; bit < 8 * whole.size(); bit += 61) {
        const Bytes damaged = kit::with_flipped_bit(whole, bit);
        put("x.mrcz", damaged);
        RepairOptions options;
        options.overwrite = true;
        const RepairResult result = repair(path("x.mrcz"), options);
        ASSERT_EQ(result.action, RepairAction::salvaged) << bit;
        EXPECT_LE(result.lost_frames.size(), 1U) << bit;
        EXPECT_GE(result.frames, 5) << bit;
        const Bytes repaired = get("x.repaired.mrcz");
        EXPECT_NO_THROW((void)verified(repaired)) << bit;
        if (result.lost_frames.empty()) {
            EXPECT_EQ(pixels_of(repaired), frames({0, 1, 2, 3, 4, 5})) << bit;
        }
    }
}

TEST_F(Repair, FileWithOnlyItsIndexDamagedRestoresItsOriginal) {
    Bytes damaged = with_metadata();
    damaged[damaged.size() - 7] ^= std::byte{1};
    const RepairResult result = salvaged(damaged);
    EXPECT_TRUE(result.lost_frames.empty());
    EXPECT_TRUE(result.lost_sections.empty());
    EXPECT_EQ(get("x.repaired.mrcz"), with_metadata());
}

TEST_F(Repair, EveryTruncationKeepsTheWholeFrames) {
    const Bytes whole = with_metadata();
    for (std::size_t length = 1024; length < whole.size(); ++length) {
        put("x.mrcz", kit::truncated(whole, length));
        std::int64_t complete = 0;
        for (std::size_t frame = 0; frame < 6; ++frame) {
            const std::size_t at = offset_of_frame(whole, frame, 6);
            const auto bytes = load_le<std::uint32_t>(&whole[at + 12]);
            complete += at + bytes <= length ? 1 : 0;
        }
        RepairOptions options;
        options.overwrite = true;
        if (complete == 0) {
            EXPECT_EQ(kit::error_of([&] { (void)repair(path("x.mrcz"), options); }).code(), ErrorCode::corrupt)
                << length;
            continue;
        }
        const RepairResult result = repair(path("x.mrcz"), options);
        ASSERT_EQ(result.frames, complete) << length;
        EXPECT_EQ(lost_of(result), complete == 6 ? Lost{} : (Lost{{complete, 6}})) << length;
        const Bytes repaired = get("x.repaired.mrcz");
        EXPECT_EQ(pixels_of(repaired).size(), static_cast<std::size_t>(complete) * frame_bytes) << length;
        (void)verified(repaired);
    }
}

TEST_F(Repair, LossOfTheFooterIsToldAndRecorded) {
    const Bytes whole = with_metadata();
    const std::size_t footer = offset_of_frame(whole, 5, 6) + load_le<std::uint64_t>(&whole[whole.size() - 12]);
    for (const std::size_t length : {footer, footer + 64, whole.size() - 1}) {
        const bool footer_is_there = length == whole.size() - 1;
        const RepairResult result = salvaged(kit::truncated(whole, length));
        EXPECT_EQ(result.frames, 6);
        EXPECT_TRUE(result.lost_frames.empty());
        EXPECT_EQ(result.footer_lost, !footer_is_there) << length;
        const Reader reader = reader_of(get("x.repaired.mrcz"));
        const bool told = reader.provenance().find(R"("lost":["footer"])") != std::string::npos;
        EXPECT_EQ(told, !footer_is_there) << reader.provenance();
    }
}

TEST_F(Repair, LossOfASectionIsRecorded) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes whole = compressed(plain, options);
    const std::string text = R"({"detector")";
    const auto at = std::search(whole.begin(), whole.end(), reinterpret_cast<const std::byte*>(text.data()),
                                reinterpret_cast<const std::byte*>(text.data()) + text.size());
    ASSERT_NE(at, whole.end());
    const RepairResult result =
        salvaged(kit::with_flipped_bit(whole, 8 * static_cast<std::size_t>(at - whole.begin()) + 3));
    EXPECT_TRUE(result.lost_frames.empty());
    EXPECT_FALSE(result.footer_lost);
    EXPECT_EQ(result.lost_sections, std::vector<std::string>{"META"});
    const Bytes repaired = get("x.repaired.mrcz");
    EXPECT_NE(reader_of(repaired).provenance().find(R"("lost":["META"])"), std::string::npos);
    EXPECT_EQ(decompressed(repaired), plain);
}

TEST_F(Repair, CutPlainFileKeepsItsWholeFramesInItsByteOrder) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes whole =
            kit::make_plain_file({.nx = 16, .ny = 12, .nz = 6, .order = order, .extended_bytes = 24}, 3);
        put("x.mrc", kit::truncated(whole, 1024 + 24 + 4 * frame_bytes + 100));
        RepairOptions options;
        options.overwrite = true;
        const RepairResult result = repair(path("x.mrc"), options);
        EXPECT_EQ(result.frames, 4);
        EXPECT_EQ(lost_of(result), (Lost{{4, 6}}));
        EXPECT_EQ(result.bytes_dropped, 100U);
        const Bytes repaired = get("x.repaired.mrc");
        EXPECT_EQ(repaired.size(), 1024 + 24 + 4 * frame_bytes);
        EXPECT_TRUE(std::equal(repaired.begin() + 1024, repaired.end(), whole.begin() + 1024));
        EXPECT_EQ(reader_of(repaired).is_big_endian(), order == ByteOrder::big);
        EXPECT_EQ(reader_of(repaired).header().nz(), 4);
    }
}

TEST_F(Repair, CutRowsOfFourBitsAreSavedWhereTheirEmptyHalvesShow) {
    const kit::FourBitFile description;
    const Bytes whole = kit::with_empty_halves(kit::make_four_bit_file(description), description);
    const std::size_t frame = 42, contiguous_end = 1024 + 117;
    for (std::size_t length = 1024 + 2 * frame; length < whole.size(); ++length) {
        if (length == contiguous_end) continue;  // a whole file of other rows
        const RepairResult result = salvaged(kit::truncated(whole, length));
        EXPECT_EQ(result.frames, static_cast<std::int64_t>((length - 1024) / frame));
        const Reader reader(result.output);
        EXPECT_EQ(reader.frame_format(), kit::format_of(description));
        const Bytes kept = kit::read_file(result.output);
        EXPECT_EQ(pixels_of(kept),
                  Bytes(whole.begin() + 1024, whole.begin() + static_cast<std::ptrdiff_t>(kept.size())));
    }
}

TEST_F(Repair, CutRowsOfFourBitsThatNothingTellsAreRefused) {
    kit::FourBitFile description;
    description.packing = RowPacking::contiguous;
    const Bytes whole = kit::make_four_bit_file(description);
    for (std::size_t length = 1024 + 42; length < whole.size(); ++length) {
        const Error error = kit::error_of([&] { (void)salvaged(kit::truncated(whole, length)); });
        EXPECT_EQ(error.code(), ErrorCode::unsupported) << length;
        EXPECT_NE(error.message().find("to 1141 bytes if RELION or EMAN2 wrote it, to 1150 if IMOD did"),
                  std::string::npos)
            << error.message();
    }
    EXPECT_EQ(names(), std::vector<std::string>{"x.mrcz"});
}

TEST_F(Repair, WrongNumberOfFramesInTheHeaderIsSetRightByTheFooter) {
    Bytes damaged = with_metadata();
    damaged[8] = std::byte{200};
    const RepairResult result = salvaged(damaged);
    EXPECT_EQ(result.frames, 6);
    EXPECT_TRUE(result.lost_frames.empty());
    EXPECT_EQ(get("x.repaired.mrcz"), with_metadata());
}

TEST_F(Repair, EveryFlippedBitOfShapeTypeAndCountsIsPutRight) {
    constexpr std::array<std::size_t, 6> offsets{0, 4, 8, 12, 92, 144};  // NX NY NZ MODE NSYMBT PACKEDBYTES
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    {
        Writer writer(path("no original"), options);
        writer.append(frames({0, 1, 2, 3, 4, 5}));
        writer.finish();
    }
    const Bytes extended =
        compressed(kit::make_plain_file({.nx = 16, .ny = 12, .nz = 6, .extended_bytes = 40, .trailing_bytes = 9}, 3));
    for (const Bytes& whole : {with_metadata(), get("no original"), extended})
        for (const std::size_t offset : offsets)
            for (std::size_t bit = 8 * offset; bit < 8 * (offset + 4); ++bit) {
                const RepairResult result = salvaged(kit::with_flipped_bit(whole, bit));
                ASSERT_EQ(result.action, RepairAction::salvaged) << bit;
                EXPECT_FALSE(result.problem.empty());
                EXPECT_EQ(result.frames_before, 6) << bit;
                EXPECT_EQ(result.frames, 6) << bit;
                EXPECT_TRUE(result.lost_frames.empty() && result.lost_sections.empty() && !result.footer_lost) << bit;
                EXPECT_EQ(get("x.repaired.mrcz"), whole) << bit;
            }
}

TEST_F(Repair, ShapeAndTypeComeFromTheOriginalWhereTheHeaderWasEditedAsWell) {
    Bytes damaged = with_metadata();
    for (const std::size_t field : {0, 4, 8, 92})
        std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(field), 4, std::byte{0xff});
    EXPECT_EQ(salvaged(damaged).frames, 6);
    EXPECT_EQ(get("x.repaired.mrcz"), with_metadata());
    damaged[300] ^= std::byte{1};  // a label: no hash holds any more
    EXPECT_EQ(salvaged(damaged).frames, 6);
    EXPECT_EQ(pixels_of(get("x.repaired.mrcz")), frames({0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(decompressed(get("x.repaired.mrcz")), plain);
}

TEST_F(Repair, HeaderThatNothingTellsIsAnError) {
    Bytes damaged = kit::truncated(with_metadata(), with_metadata().size() - 1);
    damaged[12] = std::byte{0xff};
    put("x.mrcz", damaged);
    EXPECT_EQ(kit::error_of([&] { (void)repair(path("x.mrcz")); }).group(), ErrorGroup::data);
    EXPECT_EQ(names(), (std::vector<std::string>{"in", "out", "x.mrcz"}));
}

TEST_F(Repair, AbsurdNumberOfFramesAllocatesNothingForThem) {
    Bytes damaged = kit::truncated(with_metadata(), 1800);
    damaged[11] = std::byte{0x7f};
    const RepairResult result = salvaged(damaged);
    EXPECT_GE(result.frames, 1);
    EXPECT_EQ(result.lost_frames.size(), 1U);
}

TEST_F(Repair, DryRunAndExistingOutputWriteNothing) {
    const Bytes damaged = kit::truncated(with_metadata(), 2000);
    put("x.mrcz", damaged);
    RepairOptions dry;
    dry.dry_run = true;
    const RepairResult told = repair(path("x.mrcz"), dry);
    EXPECT_GT(told.frames, 0);
    EXPECT_FALSE(std::filesystem::exists(told.output));
    put("x.repaired.mrcz", plain);
    EXPECT_EQ(kit::error_of([&] { (void)repair(path("x.mrcz")); }).code(), ErrorCode::target_exists);
    EXPECT_EQ(get("x.repaired.mrcz"), plain);
}

TEST_F(Repair, LiveFileThatWasNeverFinishedIsFinishedFromItsJournal) {
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    options.metadata = some_metadata();
    options.voxel_angstrom = {2, 2, 3};
    options.live = LiveOptions{.frames = 2, .seconds = 1000};
    for (const std::string codec : {"zstd", "raw"}) {
        options.codec = codec;
        options.overwrite = true;
        {
            Writer writer(path("live"), options);
            writer.append(frames({0, 1, 2, 3, 4}));
            const Reader reader(path("live"));  // while it grows
            EXPECT_EQ(reader.frames(), 4);
            Bytes pixels(4 * frame_bytes);
            reader.read_frames(0, 4, pixels);
            EXPECT_EQ(pixels, frames({0, 1, 2, 3}));
            EXPECT_TRUE(has_rule(reader.findings(), "MRCZ-D03"));
            EXPECT_EQ(kit::error_of([&] { (void)repair(path("live")); }).code(), ErrorCode::invalid_argument);
        }
        const Error error = kit::error_of([&] { (void)verify(Input::file(path("live"))); });
        EXPECT_EQ(error.code(), ErrorCode::truncated);
        EXPECT_NE(error.message().find(codec == "zstd" ? "never finished" : "interrupted"), std::string::npos);
        EXPECT_NE(error.message().find("mrcz repair"), std::string::npos);
        const RepairResult result = repair(path("live"), dropping());
        EXPECT_EQ(result.action, RepairAction::finished);
        EXPECT_EQ(result.frames, 4);
        EXPECT_GT(result.bytes_dropped, 0U);
        EXPECT_FALSE(std::filesystem::exists(path("live.journal")));
        EXPECT_EQ(pixels_of(get("live")), frames({0, 1, 2, 3}));
        (void)verified(get("live"));
        EXPECT_TRUE(reader_of(get("live")).metadata());
        EXPECT_NEAR(reader_of(get("live")).header().voxel_angstrom()[0], 2, 1e-6);
        EXPECT_EQ(repair(path("live")).action, RepairAction::none);
    }
}

TEST_F(Repair, FramesBehindTheLastCommitAreTheCallersToDecide) {
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    options.metadata = some_metadata();
    options.live = LiveOptions{.frames = 2, .seconds = 1000};
    for (const std::string codec : {"zstd", "raw"}) {
        options.codec = codec;
        options.overwrite = true;
        {
            Writer writer(path("live"), options);
            writer.append(frames({0, 1, 2, 3, 4}));
        }
        const Bytes unfinished = get("live");
        const auto refused = [&](const auto& job) {
            const Error error = kit::error_of(job);
            EXPECT_EQ(error.code(), ErrorCode::truncated);
            EXPECT_NE(error.message().find("1 whole frame stands behind the last commit"), std::string::npos)
                << error.message();
            EXPECT_EQ(get("live"), unfinished);
            EXPECT_TRUE(std::filesystem::exists(path("live.journal")));
        };
        put("more", plain);
        const std::vector<Input> more{Input::file(path("more"))};
        RepairOptions dry;
        dry.dry_run = true;
        refused([&] { (void)repair(path("live"), dry); });
        refused([&] { (void)repair(path("live")); });
        refused([&] { (void)append(more, path("live")); });
        refused([&] { (void)Writer::extending(path("live")); });
        RepairOptions both = dropping();
        both.uncommitted = true;
        EXPECT_EQ(kit::error_of([&] { (void)repair(path("live"), both); }).code(), ErrorCode::invalid_argument);
        RepairOptions keeping;
        keeping.uncommitted = true;
        EXPECT_EQ(repair(path("live"), keeping).frames, 5);
        EXPECT_EQ(pixels_of(get("live")), frames({0, 1, 2, 3, 4}));
        (void)verified(get("live"));
    }
}

TEST_F(Repair, FramesBehindTheLastCommitAreSeenWithoutTheJournal) {
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    options.live = LiveOptions{.frames = 2, .seconds = 1000};
    {
        Writer writer(path("live.mrcz"), options);
        writer.append(frames({0, 1, 2, 3, 4}));
    }
    std::filesystem::remove(path("live.mrcz.journal"));
    const Bytes unfinished = get("live.mrcz");
    const Error error = kit::error_of([&] { (void)repair(path("live.mrcz")); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_NE(error.message().find("1 whole frame stands"), std::string::npos) << error.message();
    EXPECT_EQ(names(), std::vector<std::string>{"live.mrcz"});
    EXPECT_EQ(repair(path("live.mrcz"), dropping()).frames, 4);
    EXPECT_EQ(pixels_of(get("live.repaired.mrcz")), frames({0, 1, 2, 3}));
    RepairOptions keeping;
    keeping.uncommitted = keeping.overwrite = true;
    EXPECT_EQ(repair(path("live.mrcz"), keeping).frames, 5);
    EXPECT_EQ(pixels_of(get("live.repaired.mrcz")), frames({0, 1, 2, 3, 4}));
    EXPECT_EQ(get("live.mrcz"), unfinished);
}

TEST_F(Repair, PlainFileWithAWholeJournalBesideItIsNoInputUntilRepaired) {
    put("a.mrc", plain);
    put("b.mrc", plain);
    put("out", plain);
    container::write_journal(io::disk(), path("a.mrc"), *io::disk().open_locked(path("a.mrc")), plain.size());
    const Input input = Input::file(path("a.mrc"));
    const std::vector<Input> inputs{input};
    const auto refused = [&](const auto& job) { EXPECT_EQ(kit::error_of(job).code(), ErrorCode::truncated); };
    refused([&] { (void)verify(input); });
    refused([&] { (void)compress(input, Output::file(path("out"), true)); });
    refused([&] { (void)decompress(input, Output::file(path("out"), true)); });
    refused([&] { (void)append(inputs, path("b.mrc")); });
    EXPECT_EQ(get("out"), plain);
    EXPECT_EQ(get("b.mrc"), plain);
    EXPECT_TRUE(has_rule(open_reader(input).findings(), "MRCZ-D03"));
    EXPECT_TRUE(has_rule(Reader(path("a.mrc")).findings(), "MRCZ-D03"));
    RepairOptions dry;
    dry.dry_run = true;
    EXPECT_EQ(repair(path("a.mrc"), dry).action, RepairAction::forgot_journal);
    EXPECT_EQ(repair(path("a.mrc")).action, RepairAction::forgot_journal);
    EXPECT_NO_THROW((void)verify(input));
    EXPECT_FALSE(has_rule(open_reader(input).findings(), "MRCZ-D03"));
}

TEST_F(Repair, JournalCutShortKeepsNobodyFromReading) {
    put("a.mrc", plain);
    put("a.mrc.journal", Bytes(100));
    EXPECT_NO_THROW((void)verify(Input::file(path("a.mrc"))));
}

TEST_F(Repair, UnfinishedFileIsNeverOverwritten) {
    put("in", plain);
    put("x.mrcz", with_metadata());
    const Bytes before = get("x.mrcz");
    const auto refused = [&] {
        const Error error =
            kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("x.mrcz"), true)); });
        EXPECT_EQ(error.code(), ErrorCode::target_exists);
        EXPECT_EQ(get("x.mrcz"), before);
        WriterOptions options;
        options.nx = 16;
        options.ny = 12;
        options.overwrite = true;
        EXPECT_EQ(kit::error_of([&] { Writer(path("x.mrcz"), options); }).code(), ErrorCode::target_exists);
        options.live = LiveOptions{};
        EXPECT_EQ(kit::error_of([&] { Writer(path("x.mrcz"), options); }).code(), ErrorCode::target_exists);
        EXPECT_EQ(get("x.mrcz"), before);
    };
    {
        const auto other = io::disk().open_locked(path("x.mrcz"));
        refused();
    }
    put("x.mrcz.journal", Bytes(100));
    refused();
}

TEST_F(Repair, NamedOutputLeavesAnUnfinishedFileAlone) {
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    options.metadata = some_metadata();
    options.live = LiveOptions{.frames = 2, .seconds = 1000};
    {
        Writer writer(path("live.mrcz"), options);
        writer.append(frames({0, 1, 2}));
    }
    const Bytes unfinished = get("live.mrcz");
    RepairOptions chosen;
    chosen.output = path("new.mrcz");
    EXPECT_EQ(kit::error_of([&] { (void)repair(path("live.mrcz"), chosen); }).code(), ErrorCode::truncated);
    EXPECT_FALSE(std::filesystem::exists(path("new.mrcz")));
    chosen.drop_uncommitted = true;
    const RepairResult result = repair(path("live.mrcz"), chosen);
    EXPECT_EQ(result.action, RepairAction::salvaged);
    EXPECT_TRUE(result.lost_frames.empty());
    EXPECT_EQ(get("live.mrcz"), unfinished);
    EXPECT_TRUE(std::filesystem::exists(path("live.mrcz.journal")));
    EXPECT_EQ(pixels_of(get("new.mrcz")), frames({0, 1}));
    EXPECT_TRUE(reader_of(get("new.mrcz")).metadata());
    (void)verified(get("new.mrcz"));
}

TEST_F(Repair, JournalWithADamagedFrameGivesItsMetadataToTheNewFile) {
    WriterOptions options;
    options.nx = 16;
    options.ny = 12;
    options.metadata = some_metadata();
    options.live = LiveOptions{.frames = 1, .seconds = 1000};
    {
        Writer writer(path("live.mrcz"), options);
        writer.append(frames({0, 1, 2}));
    }
    Bytes damaged = get("live.mrcz");
    damaged[1024 + 17] ^= std::byte{0x40};
    put("live.mrcz", damaged);
    const RepairResult result = repair(path("live.mrcz"));
    EXPECT_EQ(result.action, RepairAction::salvaged);
    EXPECT_EQ(lost_of(result), (Lost{{0, 1}}));
    EXPECT_EQ(get("live.mrcz"), damaged);
    EXPECT_EQ(pixels_of(get("live.repaired.mrcz")), frames({1, 2}));
    EXPECT_TRUE(reader_of(get("live.repaired.mrcz")).metadata());
}

TEST_F(Repair, CutFileOfPythonMrczIsSaved) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const Bytes whole = kit::read_file(*data / "generated-by-python-mrcz" / "0.5.7" / "merlin12_u2_zstd1.mrcz");
    const RepairResult result = salvaged(kit::truncated(whole, whole.size() - 100));
    EXPECT_EQ(result.frames, result.frames_before - 1);
    const Bytes repaired = get("x.repaired.mrcz");
    (void)verified(repaired);
    const Bytes pixels = pixels_of(repaired), all = pixels_of(whole);
    EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), all.begin()));
    EXPECT_TRUE(reader_of(repaired).metadata());
}

}  // namespace mrcz::jobs_test
