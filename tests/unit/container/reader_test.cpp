#include "mrcz/reader.hpp"

#include <numeric>
#include <random>
#include <thread>

#include "container/footer.hpp"
#include "header/compose.hpp"
#include "kit/codec_trials.hpp"
#include "kit/counting_source.hpp"
#include "kit/memory_sink.hpp"
#include "mrcz/thread_executor.hpp"
#include "simd/hash.hpp"
#include "unit/container/files.hpp"

namespace mrcz::container_test {
namespace {

const WriterOptions stack = options_of(PixelType::int16, "zstd", 40, 30);

Bytes one_frame(const Reader& reader, std::int64_t index) {
    Bytes frame(static_cast<std::size_t>(reader.frame_bytes()));
    reader.read_frame(index, frame);
    return frame;
}

Bytes frame_of(const Bytes& pixels, std::int64_t index) {
    const auto size = static_cast<std::ptrdiff_t>(frame_bytes_of(stack));
    return {pixels.begin() + index * size, pixels.begin() + (index + 1) * size};
}

std::size_t data_end_of(const Bytes& file) {
    return 1024 + static_cast<std::size_t>(load_le<std::int64_t>(&file[144]));
}

RunContext on(Executor& executor) { return {.executor = &executor, .progress = {}, .cancel = nullptr, .log = {}}; }

}  // namespace

TEST(Reader, ReadsFramesInAnyOrder) {
    const Bytes pixels = pixels_for(stack, 20);
    const Reader reader = reader_of(written(stack, 20));
    std::vector<std::int64_t> order(40);
    std::mt19937 random(3);
    for (std::int64_t& frame : order) frame = static_cast<std::int64_t>(random() % 20);
    for (const std::int64_t frame : order) EXPECT_EQ(one_frame(reader, frame), frame_of(pixels, frame)) << frame;
}

TEST(Reader, ReadingFramesTellsOfEachInOrder) {
    const Reader reader = reader_of(written(stack, 9));
    ThreadExecutor executor(3);
    Bytes found(7 * frame_bytes_of(stack));
    RunContext context = on(executor);
    std::vector<std::int64_t> told;
    context.progress = [&](const ProgressUpdate& now) {
        EXPECT_EQ(now.frames_total, 7);
        told.push_back(now.frames_done);
    };
    reader.read_frames(2, 7, found, context);
    EXPECT_EQ(told, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7}));
}

TEST(Reader, FramesByTheirNumbersComeInTheOrderAsked) {
    const Bytes pixels = pixels_for(stack, 9);
    const Reader reader = reader_of(written(stack, 9));
    const std::vector<std::int64_t> wanted{8, 0, 5, 5};
    ThreadExecutor executor(3);
    Bytes found(wanted.size() * frame_bytes_of(stack));
    reader.read_frames(wanted, found, on(executor));
    Bytes expected;
    for (const std::int64_t frame : wanted) append(expected, frame_of(pixels, frame));
    EXPECT_EQ(found, expected);
    EXPECT_THROW(reader.read_frames(std::vector<std::int64_t>{9}, std::span(found).first(frame_bytes_of(stack))),
                 Error);
    EXPECT_THROW(reader.read_frames(wanted, std::span(found).first(3)), Error);
}

TEST(Reader, ParallelReadingIsSequentialReading) {
    const Bytes pixels = pixels_for(stack, 23);
    for (const char* codec : {"raw", "zstd", "lz4"}) {
        WriterOptions options = stack;
        options.codec = codec;
        const Reader reader = reader_of(written(options, 23));
        for (const unsigned threads : {1U, 2U, 5U}) {
            ThreadExecutor executor(threads);
            EXPECT_EQ(all_pixels(reader, on(executor)), pixels) << codec << " " << threads;
        }
        Bytes some(3 * frame_bytes_of(stack));
        reader.read_frames(7, 3, some);
        EXPECT_TRUE(std::equal(some.begin(), some.end(),
                               pixels.begin() + static_cast<std::ptrdiff_t>(7 * frame_bytes_of(stack))));
    }
}

TEST(Reader, IsReadFromManyThreadsAtOnce) {
    const Bytes pixels = pixels_for(stack, 16);
    const Reader reader = reader_of(written(stack, 16));
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (std::int64_t i = 0; i < 32; ++i) {
                const std::int64_t frame = (i * 5 + thread) % 16;
                if (one_frame(reader, frame) != frame_of(pixels, frame)) ++wrong;
                if (reader.statistics().size() != 16) ++wrong;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(Reader, WrongSizesAndFramesAreInvalidArguments) {
    const Reader reader = reader_of(written(stack, 3));
    const auto refused = [&](std::int64_t frame, std::size_t bytes) {
        Bytes room(bytes);
        const Error error = kit::error_of([&] { reader.read_frame(frame, room); });
        EXPECT_EQ(error.context(), "memory.mrcz");
        return error.code() == ErrorCode::invalid_argument;
    };
    const std::size_t size = frame_bytes_of(stack);
    for (const std::int64_t frame : {std::int64_t{-1}, std::int64_t{3}, std::int64_t{1} << 40})
        EXPECT_TRUE(refused(frame, size));
    for (const std::size_t bytes : {std::size_t{0}, size - 1, size + 1}) EXPECT_TRUE(refused(0, bytes));
    const auto frames_refused = [&](std::int64_t first, std::int64_t count, std::size_t bytes) {
        Bytes room(bytes);
        return kit::error_of([&] { reader.read_frames(first, count, room); }).code() == ErrorCode::invalid_argument;
    };
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_TRUE(frames_refused(0, 4, 4 * size));
    EXPECT_TRUE(frames_refused(1, 3, 3 * size));
    EXPECT_TRUE(frames_refused(-1, 1, size));
    EXPECT_TRUE(frames_refused(0, -1, 0));
    EXPECT_TRUE(frames_refused(2, most, size));
    EXPECT_TRUE(frames_refused(4, 0, 0));
    EXPECT_TRUE(frames_refused(0, 2, size));
    EXPECT_NO_THROW(reader.read_frames(3, 0, {}));
}

TEST(Reader, OpeningReadsHeaderFooterTableAndIndexOnly) {
    constexpr std::int64_t frames = 4096;
    for (const char* codec : {"zstd", "raw"}) {
        const WriterOptions options = options_of(PixelType::int16, codec, 16, 16);
        kit::ReadCount count;
        const Reader reader(
            std::make_unique<kit::CountingSource>(make_memory_source(written(options, frames), "counted"), count));
        EXPECT_LT(count.bytes, 65536U + 16 * frames) << codec;
        EXPECT_LE(count.requests, 8U) << codec;
        const std::uint64_t opened = count.bytes;
        (void)one_frame(reader, 4000);
        (void)one_frame(reader, 17);
        EXPECT_LT(count.bytes - opened, 65536U + 2 * 512) << "the hashes are read once";
    }
}

TEST(Reader, AFrameOfAFileFarAwayTakesThreeRequests) {
    constexpr std::int64_t frames = 200;
    for (const char* codec : {"raw", "zstd", "rans"}) {
        WriterOptions options = stack;
        options.nx = 200;
        options.ny = 150;
        options.codec = codec;
        options.metadata = some_metadata();
        kit::ReadCount count;
        const Reader reader(make_caching_source(
            std::make_unique<kit::CountingSource>(make_memory_source(written(options, frames), "far"), count)));
        (void)reader.metadata();
        (void)one_frame(reader, 150);
        EXPECT_EQ(count.requests, 3U) << codec << ": header, footer and index, frame";
    }
}

TEST(Reader, PlainFilesOfEitherByteOrderGiveTheSamePixels) {
    for (const PixelType type : kit::pixel_types_with_a_mode()) {
        kit::PlainFile plain;
        plain.type = type;
        plain.extended_bytes = 77;
        const Bytes little = all_pixels(reader_of(kit::make_plain_file(plain)));
        plain.order = ByteOrder::big;
        plain.trailing_bytes = 33;
        const Reader reader = reader_of(kit::make_plain_file(plain));
        EXPECT_EQ(all_pixels(reader), little) << info_of(type).name;
        EXPECT_TRUE(reader.is_big_endian());
        EXPECT_EQ(reader.extended_header().size(), 77U);
        EXPECT_TRUE(has_finding(reader, "MRC-F01"));
    }
}

TEST(Reader, MetadataOfPythonMrczStandInTheExtendedHeader) {
    kit::PlainFile plain;
    const std::string json = R"({"a": [1, 2.5, "µ"]})";
    plain.extended_bytes = json.size() + 3;
    Bytes file = kit::make_plain_file(plain);
    std::ranges::copy(std::as_bytes(std::span(json)), file.begin() + 1024);
    std::fill_n(file.begin() + 1024 + static_cast<std::ptrdiff_t>(json.size()), 3, std::byte{0});
    EXPECT_FALSE(reader_of(file).metadata()) << "its type does not say json";
    std::ranges::copy(std::as_bytes(std::span(std::string_view("json"))), file.begin() + 104);
    ASSERT_TRUE(reader_of(file).metadata());
    EXPECT_EQ(reader_of(file).metadata()->to_json(), Metadata::from_json(json).to_json());
    file[1024] = std::byte{'?'};
    EXPECT_FALSE(reader_of(file).metadata());
}

TEST(Reader, LimitsAreKept) {
    const auto code_with = [](const Bytes& file, const Limits& limits) {
        return kit::error_of([&] { (void)reader_of(file, limits).metadata(); }).code();
    };
    WriterOptions options = stack;
    options.metadata = some_metadata();
    const Bytes file = written(options, 2);
    Limits limits;
    limits.frame_bytes = frame_bytes_of(stack) - 1;
    EXPECT_EQ(code_with(file, limits), ErrorCode::limit_exceeded);
    limits.frame_bytes += 1;
    EXPECT_NO_THROW((void)reader_of(file, limits));
    limits.metadata_bytes = some_metadata().stored().size() - 1;
    EXPECT_EQ(code_with(file, limits), ErrorCode::limit_exceeded);
    limits.metadata_bytes += 1;
    EXPECT_TRUE(reader_of(file, limits).metadata());
    limits.metadata_depth = 2;
    EXPECT_EQ(code_with(file, limits), ErrorCode::limit_exceeded);
    kit::PlainFile plain;
    plain.extended_bytes = 100;
    limits.extended_header_bytes = 99;
    EXPECT_EQ(code_with(kit::make_plain_file(plain), limits), ErrorCode::limit_exceeded);
}

TEST(Reader, FlippedBitInAChunkIsAnErrorThatNamesTheFrame) {
    const Bytes file = written(stack, 4);
    const std::size_t second = 1024 + static_cast<std::size_t>(load_le<std::uint32_t>(&file[1024 + 12]));
    for (const std::size_t at : {second + 40, second + 200}) {
        const Reader reader = reader_of(kit::with_flipped_bit(file, 8 * at));
        EXPECT_NO_THROW((void)one_frame(reader, 0));
        const Error error = kit::error_of([&] { (void)one_frame(reader, 1); });
        EXPECT_EQ(error.group(), ErrorGroup::data);
        EXPECT_NE(error.message().find("frame 1 "), std::string::npos) << error.message();
        ThreadExecutor executor(3);
        EXPECT_EQ(kit::error_of([&] { (void)all_pixels(reader, on(executor)); }).message(), error.message());
    }
}

TEST(Reader, DamagedFooterLeavesFramesReadableAndSaysSo) {
    const Bytes file = written(stack, 4);
    for (const std::size_t offset : {std::size_t{0}, std::size_t{20}, std::size_t{70}}) {
        const Reader reader = reader_of(kit::with_flipped_bit(file, 8 * (data_end_of(file) + offset)));
        EXPECT_TRUE(has_finding(reader, "MRCZ-D01")) << offset;
        EXPECT_TRUE(reader.has_random_access());
        EXPECT_EQ(all_pixels(reader), pixels_for(stack, 4)) << offset;
    }
}

TEST(Reader, DamagedIndexIsReplacedByWalkingTheChunks) {
    const Bytes file = written(stack, 4);
    const Reader reader = reader_of(kit::with_flipped_bit(file, 8 * (file.size() - 1)));
    EXPECT_TRUE(has_finding(reader, "MRCZ-D01"));
    EXPECT_FALSE(reader.has_random_access());
    EXPECT_EQ(all_pixels(reader), pixels_for(stack, 4));
}

TEST(Reader, ShortFileGivesTheFramesThatAreThere) {
    const Bytes file = written(stack, 4);
    const Bytes pixels = pixels_for(stack, 4);
    const std::size_t third = 1024 + 2 * static_cast<std::size_t>(load_le<std::uint32_t>(&file[1024 + 12]));
    const Reader reader = reader_of(kit::truncated(file, third + 100));
    EXPECT_TRUE(has_finding(reader, "MRCZ-D01"));
    EXPECT_EQ(one_frame(reader, 0), frame_of(pixels, 0));
    EXPECT_EQ(one_frame(reader, 1), frame_of(pixels, 1));
    EXPECT_EQ(kit::error_of([&] { (void)one_frame(reader, 3); }).code(), ErrorCode::truncated);
}

TEST(Reader, EveryTruncationIsAnErrorOrAFinding) {
    for (const char* codec : {"raw", "zstd"}) {
        WriterOptions options = options_of(PixelType::int16, codec, 8, 8);
        options.metadata = some_metadata();
        const Bytes file = written(options, 2);
        for (std::size_t length = 0; length < file.size(); ++length) {
            bool noticed = false;
            std::string why;
            const auto look = [&] {
                const Reader reader = reader_of(kit::truncated(file, length));
                noticed = has_finding(reader, "MRCZ-D01") || !reader.metadata();
                (void)reader.statistics();
                (void)reader.provenance();
                (void)all_pixels(reader);
            };
            EXPECT_TRUE(kit::survives(
                [&] {
                    try {
                        look();
                    } catch (const Error&) {
                        noticed = true;
                        throw;
                    }
                },
                &why))
                << codec << " " << length << ": " << why;
            EXPECT_TRUE(noticed) << codec << " " << length;
        }
    }
}

// Such a file can be made to have any hash, so that only sizes and limits protect.
TEST(Reader, CountOfFramesThatTheFileCannotHoldAllocatesNothing) {
    constexpr std::int32_t claimed_frames = 0x7fffffff;
    constexpr std::uint64_t claimed_bytes = std::uint64_t{40} * claimed_frames;
    Bytes file = written(stack, 1);
    const std::size_t footer_at = data_end_of(file);
    store_le(&file[8], claimed_frames);
    file.resize(footer_at);
    kit::MemorySink sink;
    sink.write(file);
    Bytes zstd_head;  // of a frame that says it holds the claimed bytes in one piece
    append_le(zstd_head, std::uint32_t{0xfd2fb528});
    append_le(zstd_head, std::uint8_t{0xe0});
    append_le(zstd_head, claimed_bytes);
    container::write_footer(sink,
                            {.data_offset = 1024, .chunk_count = claimed_frames, .frames_per_chunk = 1, .flags = 0},
                            {{"FSTA", "raw ", 0, zstd_head}});
    const auto footer = std::span(sink.bytes).subspan(footer_at);
    store_le(&footer[64 + 8], std::uint32_t{1});
    store_le(&footer[64 + 32], claimed_bytes);
    store_le(&footer[48], simd::hash64(footer.subspan(64, 48)));
    store_le(&footer[56], simd::hash64(footer.first(56)));
    const Reader reader = reader_of(sink.bytes);
    EXPECT_TRUE(has_finding(reader, "MRCZ-D01"));
    const Error error = kit::error_of([&] { (void)reader.statistics(); });
    EXPECT_EQ(error.group(), ErrorGroup::data);
    EXPECT_NE(error.message().find("NZ"), std::string::npos) << error.message();
}

TEST(Reader, TablesOfAnotherSizeAreCorrupt) {
    Bytes file = written(stack, 2);
    file.resize(data_end_of(file));
    for (const std::size_t bytes : {0, 8, 24, 100'000}) {
        kit::MemorySink sink;
        sink.write(file);
        container::write_footer(sink, {.data_offset = 1024, .chunk_count = 2, .frames_per_chunk = 1, .flags = 0},
                                {{"FSTA", "raw ", 0, Bytes(bytes)}, {"FHSH", "raw ", 0, Bytes(bytes)}});
        const Reader reader = reader_of(sink.bytes);
        EXPECT_EQ(kit::error_of([&] { (void)reader.statistics(); }).group(), ErrorGroup::data) << bytes;
        EXPECT_EQ(kit::error_of([&] { (void)one_frame(reader, 0); }).group(), ErrorGroup::data) << bytes;
    }
}

TEST(Reader, FooterOfAnotherFileIsNoticed) {
    const Bytes two = written(stack, 2);
    Bytes mixed = kit::truncated(two, data_end_of(two));
    const Bytes three = written(stack, 3);
    mixed.insert(mixed.end(), three.begin() + static_cast<std::ptrdiff_t>(data_end_of(three)), three.end());
    const Reader reader = reader_of(mixed);
    EXPECT_TRUE(has_finding(reader, "MRCZ-D01"));
}

TEST(Reader, UnknownOptionalSectionIsListed) {
    const kit::TemporaryFolder folder;
    kit::PlainFile plain;
    kit::MemorySink sink;
    sink.write(kit::make_plain_file(plain));
    container::write_footer(sink, {.data_offset = 1024, .chunk_count = 0, .frames_per_chunk = 1, .flags = 0},
                            {{"?new", "raw ", 0, Bytes(9)}});
    const Reader reader = reader_of(sink.bytes);
    ASSERT_EQ(reader.sections().size(), 1U);
    EXPECT_EQ(reader.sections()[0].id, "?new");
    EXPECT_TRUE(reader.sections()[0].meaning.empty());
    EXPECT_EQ(reader.sections()[0].raw_bytes, 9U);
    EXPECT_FALSE(has_finding(reader, "MRC-F01"));
}

TEST(Reader, UnknownRequiredSectionIsUnsupported) {
    kit::MemorySink sink;
    sink.write(kit::make_plain_file({}));
    container::write_footer(sink, {.data_offset = 1024, .chunk_count = 0, .frames_per_chunk = 1, .flags = 0},
                            {{"?new", "raw ", container::section_is_required, Bytes(9)}});
    const Error error = kit::error_of([&] { (void)reader_of(sink.bytes); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("?new"), std::string::npos);
}

TEST(Reader, UnknownCodecIsUnsupported) {
    Bytes file = written(stack, 1);
    store_le(&file[12], std::int32_t{31'001});
    EXPECT_EQ(kit::error_of([&] { (void)reader_of(file); }).code(), ErrorCode::unsupported);
}

TEST(Reader, ShortFilesAreTruncated) {
    for (const std::size_t size : {0, 1, 1023}) {
        const Error error = kit::error_of([&] { (void)reader_of(Bytes(size)); });
        EXPECT_EQ(error.code(), ErrorCode::truncated);
        EXPECT_EQ(error.context(), "memory.mrcz");
    }
    EXPECT_EQ(kit::error_of([] { (void)reader_of(Bytes(5000)); }).code(), ErrorCode::not_mrc);
}

TEST(Reader, MissingFileIsNotFound) {
    const kit::TemporaryFolder folder;
    EXPECT_EQ(kit::error_of([&] { const Reader reader(folder / "none"); }).code(), ErrorCode::not_found);
    EXPECT_EQ(kit::error_of([&] { const Reader reader(folder.path()); }).group(), ErrorGroup::caller);
}

TEST(Reader, MoveLeavesItUsable) {
    Reader first = reader_of(written(stack, 2));
    Reader second = std::move(first);
    EXPECT_EQ(all_pixels(second), pixels_for(stack, 2));
    first = reader_of(written(stack, 1));
    EXPECT_EQ(first.frames(), 1);
}

}  // namespace mrcz::container_test
