// Crashes while a file grows: what its header counted stays, and the journal makes the file whole.
#include "container/file_checks.hpp"
#include "container/frame_coder.hpp"
#include "container/growth_start.hpp"
#include "container/journal.hpp"
#include "container/open_to_grow.hpp"
#include "container/recovery.hpp"
#include "kit/crashing_disk.hpp"
#include "unit/container/files.hpp"

namespace mrcz::container_test {
namespace {

using container::RecoveryStep;
using kit::CrashingDisk;
using kit::Loss;

constexpr const char* target = "movie";
constexpr const char* journal = "movie.journal";
constexpr std::int64_t frames_before = 3;
constexpr std::int64_t frames_added = 4;

struct Case {
    std::string codec = "zstd";
    PixelType type = PixelType::int16;
    bool live = false;
    bool metadata = true;
};

WriterOptions options_of(const Case& what) {
    WriterOptions options = container_test::options_of(what.type, what.codec, 9, 7);
    if (what.metadata) options.metadata = some_metadata();
    options.voxel_angstrom = {1.5, 1.5, 2};
    return options;
}

Bytes all_frames(const WriterOptions& options) { return pixels_for(options, frames_before + frames_added); }

Bytes first_frames(const WriterOptions& options, std::int64_t frames) {
    Bytes pixels = all_frames(options);
    pixels.resize(static_cast<std::size_t>(frames) * frame_bytes_of(options));
    return pixels;
}

Bytes old_file(const WriterOptions& options) {
    const kit::TemporaryFolder folder;
    Writer writer(folder / "file", options);
    writer.append(first_frames(options, frames_before));
    writer.finish();
    return kit::read_file(folder / "file");
}

/// Appends the frames as a program would; live: with a commit after every frame.
void grow(CrashingDisk& disk, const WriterOptions& options, bool live) {
    auto found = container::open_to_grow(disk, target, {}, {});
    const codec::CodecRow& row = codec::writing_row(*find_codec(found.start.layout.codec_id));
    const Bytes pixels = all_frames(options);
    const std::size_t size = frame_bytes_of(options);
    const container::FrameCoding coding(row, {{options.type, options.nx, options.ny}, size}, found.coding,
                                        codec::Samples{.first_frame = std::span(pixels).first(size)}, found.model);
    container::FrameCoder coder(coding);
    const std::int64_t first = found.start.tables.frames();
    container::GrowingFile file(disk, target, std::move(found.file), std::move(found.start));
    for (std::int64_t frame = first; frame < frames_before + frames_added; ++frame) {
        file.add(coder.encode(frame, std::span(pixels).subspan(static_cast<std::size_t>(frame) * size, size)));
        if (live) file.commit();
    }
    file.record_step(R"({"step":"append"})");
    (void)file.finish();
}

const container::RecoveryOptions dropping{false, container::Uncommitted::drop, {}};

Reader reader_of(const CrashingDisk& disk) { return container_test::reader_of(*disk.bytes_of(target)); }

bool is_sound(const CrashingDisk& disk) {
    return container::is_sound_around_frames(
        container::MrcFile(make_memory_source(*disk.bytes_of(target), target), {}));
}

/// The file after it was repaired: whole, with the frames it had or more, and nothing beside it.
void expect_whole(CrashingDisk& disk, const WriterOptions& options, std::int64_t least) {
    EXPECT_TRUE(is_sound(disk));
    EXPECT_EQ(disk.names(), std::vector<std::string>{target});
    const Reader reader = reader_of(disk);
    EXPECT_GE(reader.frames(), least);
    EXPECT_EQ(all_pixels(reader), first_frames(options, reader.frames()));
    EXPECT_EQ(reader.metadata().has_value(), options.metadata.has_value());
    EXPECT_NEAR(reader.header().voxel_angstrom()[0], 1.5, 1e-6);
    const bool has_footer = options.codec != "raw" || options.metadata;
    EXPECT_EQ(reader.statistics().size(), has_footer ? static_cast<std::size_t>(reader.frames()) : 0);
}

/// The frames that the header counts before any repair, read by walking.
std::int64_t committed_frames(const CrashingDisk& disk, const WriterOptions& options) {
    const Reader reader = reader_of(disk);
    EXPECT_EQ(all_pixels(reader), first_frames(options, reader.frames()));
    return reader.frames();
}

std::uint64_t steps_of(const Bytes& old, const WriterOptions& options, bool live) {
    CrashingDisk disk;
    disk.put(target, old);
    grow(disk, options, live);
    return disk.steps();
}

void expect_survival(const Case& what, Loss loss, bool torn) {
    const WriterOptions options = options_of(what);
    const Bytes old = old_file(options);
    const std::uint64_t steps = steps_of(old, options, what.live);
    ASSERT_GT(steps, 10U);
    for (std::uint64_t step = 0; step < steps; ++step)
        for (std::uint32_t seed = 1; seed <= (loss == Loss::some ? 24U : 1U); ++seed) {
            SCOPED_TRACE(testing::Message() << what.codec << " step " << step << " of " << steps << " seed " << seed);
            CrashingDisk disk;
            disk.put(target, old);
            disk.crash_at(step, torn);
            EXPECT_THROW(grow(disk, options, what.live), kit::Crash);
            disk.restart(loss, seed);
            const std::int64_t committed = committed_frames(disk, options);
            EXPECT_GE(committed, frames_before);
            EXPECT_TRUE(what.live || committed == frames_before || committed == frames_before + frames_added);
            const auto file = disk.open_locked(target);
            const auto done = container::recover(disk, target, file, dropping, {});
            EXPECT_EQ(done.frames, done.step == RecoveryStep::none ? 0 : committed);
            expect_whole(disk, options, committed);
            EXPECT_TRUE(done.step != RecoveryStep::roll_back || *disk.bytes_of(target) == old);
            // And a file that survived grows on.
            grow(disk, options, what.live);
            expect_whole(disk, options, frames_before + frames_added);
        }
}

const std::vector<Case> cases{{"zstd", PixelType::int16, false, true},   {"zstd", PixelType::int16, true, true},
                              {"raw", PixelType::uint16, false, true},   {"raw", PixelType::uint16, true, false},
                              {"raw", PixelType::float32, false, false}, {"lz4", PixelType::float32, true, false},
                              {"rans", PixelType::int16, false, true},   {"rans", PixelType::int8, true, false}};

}  // namespace

TEST(GrowingFile, KilledAtAnyStepKeepsTheOldFramesOrMore) {
    for (const Case& what : cases) expect_survival(what, Loss::nothing, false);
}

TEST(GrowingFile, KilledWithinAWriteKeepsTheOldFramesOrMore) {
    for (const Case& what : cases) expect_survival(what, Loss::nothing, true);
}

TEST(GrowingFile, PowerFailureThatLosesAllUnsyncedBytesKeepsTheOldFramesOrMore) {
    for (const Case& what : cases) expect_survival(what, Loss::all, false);
}

TEST(GrowingFile, PowerFailureThatLosesSomeSectorsKeepsTheOldFramesOrMore) {
    for (const Case& what : cases) expect_survival(what, Loss::some, true);
}

TEST(GrowingFile, CrashDuringRecoveryIsRecoveredAgain) {
    for (const Case& what : cases) {
        const WriterOptions options = options_of(what);
        const Bytes old = old_file(options);
        const std::uint64_t steps = steps_of(old, options, what.live);
        for (std::uint64_t step = 0; step < steps; ++step)
            for (std::uint64_t again = 0; again < 12; ++again)
                for (const Loss loss : {Loss::nothing, Loss::all, Loss::some}) {
                    SCOPED_TRACE(testing::Message() << what.codec << " step " << step << " again " << again);
                    CrashingDisk disk;
                    disk.put(target, old);
                    disk.crash_at(step, true);
                    EXPECT_THROW(grow(disk, options, what.live), kit::Crash);
                    disk.restart(loss);
                    const std::int64_t committed = committed_frames(disk, options);
                    disk.crash_at(again, true);
                    try {
                        (void)container::recover(disk, target, disk.open_locked(target), dropping, {});
                    } catch (const kit::Crash&) {
                    }
                    disk.restart(loss, 7);
                    EXPECT_EQ(committed_frames(disk, options), committed);
                    (void)container::recover(disk, target, disk.open_locked(target), dropping, {});
                    expect_whole(disk, options, committed);
                }
    }
}

namespace {

constexpr std::int64_t replaced_from = 1;

/// Frames 1 to 4 anew in a file of 3: two replace, two are appended.
void replace(CrashingDisk& disk, const WriterOptions& options) {
    auto found = container::open_to_grow(disk, target, {}, {});
    const Bytes pixels = pixels_for(options, frames_added, 40);
    const std::size_t size = frame_bytes_of(options);
    const container::FrameCoding coding(codec::writing_row(*find_codec("raw")),
                                        {{options.type, options.nx, options.ny}, size}, found.coding,
                                        codec::Samples{.first_frame = std::span(pixels).first(size)}, found.model);
    container::FrameCoder coder(coding);
    container::GrowingFile file(disk, target, std::move(found.file), std::move(found.start), replaced_from);
    for (std::int64_t frame = 0; frame < frames_added; ++frame)
        file.add(coder.encode(replaced_from + frame,
                              std::span(pixels).subspan(static_cast<std::size_t>(frame) * size, size)));
    (void)file.finish();
}

Bytes frames_after_replacing(const WriterOptions& options) {
    Bytes pixels = first_frames(options, replaced_from);
    const Bytes fresh = pixels_for(options, frames_added, 40);
    pixels.insert(pixels.end(), fresh.begin(), fresh.end());
    return pixels;
}

/// All frames are the old ones, with every byte of the file, or all are the new ones.
void expect_old_or_replaced(const CrashingDisk& disk, const WriterOptions& options, const Bytes& old) {
    EXPECT_EQ(disk.names(), std::vector<std::string>{target});
    if (*disk.bytes_of(target) == old) return;
    EXPECT_TRUE(is_sound(disk));
    const Reader reader = reader_of(disk);
    EXPECT_EQ(all_pixels(reader), frames_after_replacing(options));
    const std::int64_t described = options.metadata ? reader.frames() : 0;
    EXPECT_EQ(reader.statistics().size(), static_cast<std::size_t>(described));
}

}  // namespace

TEST(GrowingFile, ReplacedFramesAreAllThereOrNoneWheneverItCrashes) {
    for (const bool metadata : {false, true})
        for (const Loss loss : {Loss::nothing, Loss::all, Loss::some}) {
            const WriterOptions options = options_of({"raw", PixelType::int16, false, metadata});
            const Bytes old = old_file(options);
            CrashingDisk counting;
            counting.put(target, old);
            replace(counting, options);
            EXPECT_EQ(all_pixels(reader_of(counting)), frames_after_replacing(options));
            for (std::uint64_t step = 0; step < counting.steps(); ++step)
                for (std::uint64_t again = 0; again < 12; ++again) {
                    SCOPED_TRACE(testing::Message() << metadata << " step " << step << " again " << again);
                    CrashingDisk disk;
                    disk.put(target, old);
                    disk.crash_at(step, true);
                    EXPECT_THROW(replace(disk, options), kit::Crash);
                    disk.restart(loss, static_cast<std::uint32_t>(again + 1));
                    disk.crash_at(again, true);
                    try {
                        (void)container::recover(disk, target, disk.open_locked(target), {}, {});
                    } catch (const kit::Crash&) {
                    }
                    disk.restart(loss, 7);
                    (void)container::recover(disk, target, disk.open_locked(target), {}, {});
                    expect_old_or_replaced(disk, options, old);
                }
        }
}

TEST(GrowingFile, UndoneReplacementNamesItsFirstFrame) {
    const WriterOptions options = options_of({"raw", PixelType::int16, false, false});
    const Bytes old = old_file(options);
    CrashingDisk counting;
    counting.put(target, old);
    replace(counting, options);
    bool any_undone = false;
    for (std::uint64_t step = 0; step < counting.steps(); ++step) {
        CrashingDisk disk;
        disk.put(target, old);
        disk.crash_at(step, true);
        EXPECT_THROW(replace(disk, options), kit::Crash);
        disk.restart(Loss::nothing, 1);
        const auto done = container::recover(disk, target, disk.open_locked(target), {}, {});
        EXPECT_EQ(done.replaced_from.has_value(), done.step == container::RecoveryStep::roll_back) << step;
        EXPECT_EQ(done.replaced_from.value_or(replaced_from), replaced_from);
        any_undone = any_undone || done.replaced_from.has_value();
    }
    EXPECT_TRUE(any_undone);
}

TEST(GrowingFile, IsNotFinishedWhenItsNameLeadsElsewhere) {
    const WriterOptions options = options_of({});
    const Bytes old = old_file(options);
    CrashingDisk disk;
    disk.put(target, old);
    auto found = container::open_to_grow(disk, target, {}, {});
    container::GrowingFile file(disk, target, std::move(found.file), std::move(found.start));
    disk.put(target, kit::make_noise(100));
    EXPECT_EQ(kit::error_of([&] { (void)file.finish(); }).code(), ErrorCode::io_failed);
    EXPECT_EQ(*disk.bytes_of(target), kit::make_noise(100));
    disk.remove(target);
    EXPECT_EQ(kit::error_of([&] { (void)file.finish(); }).code(), ErrorCode::io_failed);
}

TEST(GrowingFile, JournalCutAtAnyByteLeavesTheFileAlone) {
    const WriterOptions options = options_of(Case{});
    const Bytes old = old_file(options);
    CrashingDisk first;
    first.put(target, old);
    container::write_journal(first, target, *first.open_locked(target), 1024);
    const Bytes whole = *first.bytes_of(journal);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CrashingDisk disk;
        disk.put(target, old);
        disk.put(journal, kit::truncated(whole, length));
        const auto done = container::recover(disk, target, disk.open_locked(target), dropping, {});
        EXPECT_EQ(done.step, RecoveryStep::forget_journal) << length;
        EXPECT_EQ(*disk.bytes_of(target), old) << length;
        EXPECT_EQ(disk.names(), std::vector<std::string>{target}) << length;
    }
}

TEST(GrowingFile, FlippedBitInAJournalMakesItNone) {
    const WriterOptions options = options_of(Case{});
    CrashingDisk disk;
    disk.put(target, old_file(options));
    container::write_journal(disk, target, *disk.open_locked(target), 1024);
    const Bytes whole = *disk.bytes_of(journal);
    EXPECT_TRUE(container::read_journal(make_memory_source(whole, "journal")));
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 3)
        EXPECT_FALSE(container::read_journal(make_memory_source(kit::with_flipped_bit(whole, bit), "journal"))) << bit;
}

TEST(GrowingFile, JournalOfAnotherFileIsRefusedAndChangesNothing) {
    const WriterOptions options = options_of(Case{});
    const Bytes old = old_file(options);
    WriterOptions other = options;
    other.nx = 10;
    CrashingDisk disk;
    disk.put(target, old_file(other));
    container::write_journal(disk, target, *disk.open_locked(target), 1024 + 40);
    Bytes damaged = old;
    damaged.resize(damaged.size() - 5);
    disk.put(target, damaged);
    const Error error =
        kit::error_of([&] { (void)container::recover(disk, target, disk.open_locked(target), dropping, {}); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(error.message().find("its journal is of another file: NX is 9"), std::string::npos) << error.message();
    EXPECT_EQ(*disk.bytes_of(target), damaged);
    EXPECT_TRUE(disk.bytes_of(journal));
}

TEST(GrowingFile, StaleJournalBesideAWholeFileIsForgotten) {
    // The file was made anew after an append had crashed: same header, other footer.
    WriterOptions options = options_of(Case{});
    CrashingDisk disk;
    disk.put(target, old_file(options));
    const container::MrcFile found(make_memory_source(*disk.bytes_of(target), target), {});
    container::write_journal(disk, target, *disk.open_locked(target), found.data_end());
    options.metadata = Metadata::from_json(R"({"other":true})");
    const Bytes anew = old_file(options);
    disk.put(target, anew);
    const auto done = container::recover(disk, target, disk.open_locked(target), dropping, {});
    EXPECT_EQ(done.step, RecoveryStep::forget_journal);
    EXPECT_EQ(*disk.bytes_of(target), anew);
}

TEST(GrowingFile, DryRunChangesNothing) {
    for (const bool live : {false, true}) {
        const WriterOptions options = options_of(Case{});
        const Bytes old = old_file(options);
        const std::uint64_t steps = steps_of(old, options, live);
        for (std::uint64_t step = 0; step < steps; ++step) {
            CrashingDisk disk;
            disk.put(target, old);
            disk.crash_at(step);
            EXPECT_THROW(grow(disk, options, live), kit::Crash);
            disk.restart(Loss::nothing);
            const auto before = disk.bytes_of(target);
            const auto names = disk.names();
            const container::RecoveryOptions dry{
                .dry_run = true, .uncommitted = container::Uncommitted::drop, .limits = {}};
            const auto told = container::recover(disk, target, disk.open_locked(target), dry, {});
            EXPECT_EQ(disk.bytes_of(target), before);
            EXPECT_EQ(disk.names(), names);
            const auto done = container::recover(disk, target, disk.open_locked(target), dropping, {});
            EXPECT_EQ(told.step, done.step) << step;
            EXPECT_EQ(told.frames, done.frames) << step;
            EXPECT_EQ(told.bytes_dropped, done.bytes_dropped) << step;
        }
    }
}

TEST(GrowingFile, UncommittedFramesAreKeptWhenAskedFor) {
    const WriterOptions options = options_of(Case{});
    const Bytes old = old_file(options);
    std::int64_t most = 0;
    const std::uint64_t steps = steps_of(old, options, false);
    for (std::uint64_t step = 0; step < steps; ++step) {
        CrashingDisk disk;
        disk.put(target, old);
        disk.crash_at(step, true);
        EXPECT_THROW(grow(disk, options, false), kit::Crash);
        disk.restart(Loss::nothing);
        (void)container::recover(disk, target, disk.open_locked(target), {false, container::Uncommitted::keep, {}}, {});
        expect_whole(disk, options, frames_before);
        most = std::max(most, reader_of(disk).frames());
    }
    EXPECT_EQ(most, frames_before + frames_added);
}

TEST(GrowingFile, UncommittedFramesAreNeitherKeptNorDroppedUnasked) {
    const WriterOptions options = options_of(Case{});
    const Bytes old = old_file(options);
    std::int64_t undecided = 0;
    const std::uint64_t steps = steps_of(old, options, false);
    for (std::uint64_t step = 0; step < steps; ++step) {
        CrashingDisk disk;
        disk.put(target, old);
        disk.crash_at(step, true);
        EXPECT_THROW(grow(disk, options, false), kit::Crash);
        disk.restart(Loss::nothing);
        const auto before = disk.bytes_of(target);
        const auto names = disk.names();
        const auto done = container::recover(disk, target, disk.open_locked(target), {}, {});
        if (done.step != RecoveryStep::undecided) {
            expect_whole(disk, options, frames_before);
            continue;
        }
        ++undecided;
        EXPECT_GT(done.uncommitted, 0);
        const Error error = kit::error_of([&] { grow(disk, options, false); });
        EXPECT_NE(error.message().find("--uncommitted"), std::string::npos) << error.message();
        EXPECT_EQ(disk.bytes_of(target), before);
        EXPECT_EQ(disk.names(), names);
    }
    EXPECT_GT(undecided, frames_added);
}

TEST(GrowingFile, CommittedFrameThatIsDamagedIsNotPapered) {
    const WriterOptions options = options_of(Case{});
    const Bytes old = old_file(options);
    CrashingDisk disk;
    disk.put(target, old);
    disk.crash_at(steps_of(old, options, true) - 6);
    EXPECT_THROW(grow(disk, options, true), kit::Crash);
    disk.restart(Loss::nothing);
    Bytes damaged = *disk.bytes_of(target);
    damaged[1024 + 30] ^= std::byte{0x10};
    const Bytes kept_journal = *disk.bytes_of(journal);
    disk.put(target, damaged);
    const Error error =
        kit::error_of([&] { (void)container::recover(disk, target, disk.open_locked(target), {}, {}); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(error.message().find("frame 0"), std::string::npos) << error.message();
    EXPECT_EQ(*disk.bytes_of(target), damaged);
    EXPECT_EQ(*disk.bytes_of(journal), kept_journal);
}

}  // namespace mrcz::container_test
