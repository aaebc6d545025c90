// Files of the codec rans: a model stands before the frames that need it, and every frame is found and decoded alone.
#include <algorithm>

#include "kit/counts.hpp"
#include "kit/descriptors.hpp"
#include "kit/json_fields.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

constexpr std::int64_t side = 64, frame_count = 40;
constexpr std::size_t frame_bytes = 2 * side * side;

/// Diffraction patterns: a bright disk on a dark ground, so that a model pays.
Bytes disk_stack(std::int64_t frames = frame_count, std::uint64_t seed = 1) {
    kit::Counts counts(seed);
    Bytes file = kit::make_plain_file({PixelType::uint16, side, side, frames, ByteOrder::little, 0, 0});
    file.resize(1024);
    for (std::int64_t frame = 0; frame < frames; ++frame)
        for (std::int64_t y = 0; y < side; ++y)
            for (std::int64_t x = 0; x < side; ++x) {
                const bool bright = (x - 32) * (x - 32) + (y - 32) * (y - 32) < 200;
                append_le(file, static_cast<std::uint16_t>(counts.poisson(bright ? 30 : 0.2)));
            }
    return file;
}

Bytes part(const Bytes& pixels, std::int64_t first, std::int64_t count) {
    const auto from = pixels.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first) * frame_bytes);
    return {from, from + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(count) * frame_bytes)};
}

bool has_models(const Bytes& file) {
    const Reader reader = reader_of(file);
    const auto sections = reader.sections();
    return std::ranges::any_of(sections, [](const SectionInfo& section) { return section.id == "MODL"; });
}

std::size_t data_end_of(const Bytes& file) { return 1024 + load_le<std::uint64_t>(&file[144]); }
/// Of the chunk that begins there.
std::size_t chunk_bytes_at(const Bytes& file, std::size_t at) { return 40 + load_le<std::uint64_t>(&file[at + 24]); }

class Rans : public Workplace {
  public:
    Bytes packed_stack() const { return compressed(disk_stack(), "rans"); }
};

}  // namespace

TEST_F(Rans, ModelStandsBeforeTheFramesAndIsNoFrame) {
    const Bytes packed = packed_stack();
    EXPECT_TRUE(has_models(packed));
    EXPECT_EQ(load_le<std::uint32_t>(&packed[1024 + 16]), 0U) << "frames in the first chunk";
    const std::size_t first = 1024 + chunk_bytes_at(packed, 1024);
    EXPECT_EQ(load_le<std::uint32_t>(&packed[first + 16]), 1U);
    EXPECT_EQ(load_le<std::uint16_t>(&packed[first + 22]), 1U) << "its model, from 1";
    EXPECT_EQ(load_le<std::uint64_t>(&packed[packed.size() - 4 - 16 * frame_count]), first) << "the index";
    const VerifyResult result = verified(packed);
    EXPECT_TRUE(result.original_matched);
    EXPECT_TRUE(result.findings.empty());
    EXPECT_LT(packed.size(), compressed(disk_stack(), "zstd").size());
}

TEST_F(Rans, AnyFrameIsReadAlone) {
    const Bytes packed = packed_stack(), pixels = pixels_of(disk_stack());
    for (const std::int64_t frame : {std::int64_t{17}, frame_count - 1, std::int64_t{0}}) {
        Bytes alone(frame_bytes);
        reader_of(packed).read_frame(frame, alone);
        EXPECT_EQ(alone, part(pixels, frame, 1)) << frame;
    }
}

TEST_F(Rans, BytesDependOnNoThreadCountAndComeBackFromPipes) {
    const Bytes plain = disk_stack(), packed = packed_stack();
    CompressOptions options;
    options.codec = "rans";
    for (const unsigned threads : {1U, 2U, 5U}) {
        ThreadExecutor executor(threads);
        EXPECT_EQ(compressed(plain, options, on(&executor)), packed) << threads;
    }
    const Bytes piped =
        kit::through_pipes(plain, [&](const Input& in, const Output& out) { (void)compress(in, out, options); });
    EXPECT_TRUE(has_models(piped));
    EXPECT_EQ(decompressed(piped), plain);
}

TEST_F(Rans, FileCutAnywhereGivesTheFramesBefore) {
    const Bytes packed = packed_stack(), pixels = pixels_of(disk_stack());
    const std::size_t end = data_end_of(packed);
    std::vector<std::size_t> ends;
    for (std::size_t at = 1024; at < end; at += chunk_bytes_at(packed, at))
        ends.push_back(at + chunk_bytes_at(packed, at));
    ASSERT_EQ(ends.size(), frame_count + 1U);
    for (std::size_t length = 1024; length <= end; length += 997) {
        const Reader reader = reader_of(kit::truncated(packed, length));
        const auto whole = std::ranges::count_if(ends, [&](std::size_t chunk_end) { return chunk_end <= length; });
        const std::int64_t frames = std::max<std::int64_t>(0, whole - 1);
        Bytes read(static_cast<std::size_t>(frames) * frame_bytes);
        reader.read_frames(0, frames, read);
        EXPECT_EQ(read, part(pixels, 0, frames)) << length;
        Bytes next(frame_bytes);
        EXPECT_THROW(reader.read_frame(frames, next), Error) << length;
    }
}

TEST_F(Rans, DamagedModelIsNamedByTheFramesThatNeedIt) {
    Bytes packed = packed_stack();
    packed[1024 + 100] ^= std::byte{4};
    Bytes frame(frame_bytes);
    const Error error = kit::error_of([&] { reader_of(packed).read_frame(3, frame); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(error.message().find("frame 3"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("model 0"), std::string::npos) << error.message();
    EXPECT_EQ(kit::error_of([&] { (void)verified(packed); }).code(), ErrorCode::corrupt);
}

TEST_F(Rans, RepairKeepsTheModelAndNumbersTheFramesAnew) {
    Bytes packed = packed_stack();
    const Bytes pixels = pixels_of(disk_stack());
    std::size_t at = 1024;
    for (int chunk = 0; chunk < 4; ++chunk) at += chunk_bytes_at(packed, at);
    packed[at + 60] ^= std::byte{1};  // in frame 3
    kit::write_file(path("broken.mrcz"), packed);
    const RepairResult result = repair(path("broken.mrcz"));
    EXPECT_EQ(result.action, RepairAction::salvaged);
    EXPECT_EQ(result.frames, frame_count - 1);
    const Bytes whole = kit::read_file(result.output);
    EXPECT_TRUE(verified(whole).findings.empty());
    EXPECT_TRUE(has_models(whole));
    Bytes expected = part(pixels, 0, 3);
    append(expected, part(pixels, 4, frame_count - 4));
    EXPECT_EQ(pixels_of(whole), expected);
}

TEST_F(Rans, FileWithoutFooterIsRepairedWithItsModel) {
    const Bytes packed = packed_stack();
    kit::write_file(path("cut.mrcz"), kit::truncated(packed, data_end_of(packed)));
    const RepairResult result = repair(path("cut.mrcz"));
    EXPECT_EQ(result.frames, frame_count);
    const Bytes whole = kit::read_file(result.output);
    EXPECT_TRUE(has_models(whole));
    EXPECT_TRUE(verified(whole).findings.empty());
    EXPECT_EQ(pixels_of(whole), pixels_of(disk_stack()));
}

TEST_F(Rans, AppendedFramesUseTheModelOfTheFile) {
    kit::write_file(path("stack.mrcz"), packed_stack());
    kit::write_file(path("more.mrc"), disk_stack(5, 2));
    const std::vector<Input> inputs{Input::file(path("more.mrc"))};
    EXPECT_EQ(append(inputs, path("stack.mrcz")).frames, frame_count + 5);
    const Bytes longer = kit::read_file(path("stack.mrcz"));
    EXPECT_TRUE(has_models(longer));
    EXPECT_TRUE(verified(longer).findings.empty());
    Bytes expected = pixels_of(disk_stack());
    append(expected, pixels_of(disk_stack(5, 2)));
    EXPECT_EQ(pixels_of(longer), expected);
    const auto last = load_le<std::uint64_t>(&longer[longer.size() - 4 - 16]);
    EXPECT_EQ(load_le<std::uint16_t>(&longer[last + 22]), 1U) << "the last frame's model, from 1";
}

TEST_F(Rans, CompressedAnewItRestoresTheOriginal) {
    const Bytes plain = disk_stack(), packed = packed_stack();
    const Bytes blosc = compressed(packed, "zstd");
    EXPECT_FALSE(has_models(blosc));
    EXPECT_EQ(decompressed(blosc), plain);
    const Bytes anew = compressed(blosc, "rans");
    const auto frames = static_cast<std::ptrdiff_t>(data_end_of(packed));
    EXPECT_TRUE(std::equal(packed.begin(), packed.begin() + frames, anew.begin()))
        << "the model is learned of the same frames";
    EXPECT_EQ(decompressed(compressed(packed, "rans")), plain);
}

TEST_F(Rans, ListOfModelsThatLiesIsFound) {
    Bytes packed = packed_stack();
    // A second model chunk where no index looks: a copy of the first, before the footer.
    Bytes longer(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(data_end_of(packed)));
    append(longer, std::span(packed).subspan(1024, chunk_bytes_at(packed, 1024)));
    append(longer, std::span(packed).subspan(data_end_of(packed)));
    store_le(&longer[144], std::uint64_t{data_end_of(packed) - 1024 + chunk_bytes_at(packed, 1024)});
    EXPECT_EQ(kit::error_of([&] { (void)verified(longer); }).code(), ErrorCode::corrupt);
}

TEST_F(Rans, InfoTellsModesModelAndEntropy) {
    const Bytes packed = packed_stack();
    auto fields = kit::json_fields(info_json(reader_of(packed)));
    EXPECT_EQ(fields["coding.modes.segments"], std::to_string(frame_count));
    EXPECT_EQ(fields["coding.models"], "1");
    EXPECT_EQ(fields["coding.model_bytes"], std::to_string(chunk_bytes_at(packed, 1024)));
    const double stored = std::stod(fields["coding.bits_per_pixel"]);
    const double entropy = std::stod(fields["coding.order0_bits_per_pixel"]);
    EXPECT_NEAR(stored, 8.0 * static_cast<double>(data_end_of(packed) - 1024) / (frame_count * side * side), 1e-9);
    EXPECT_GT(entropy, stored) << "disk and ground have histograms of their own";
    EXPECT_LT(entropy, 3);
    fields = kit::json_fields(info_json(reader_of(compressed(packed, "zstd"))));
    EXPECT_EQ(fields["coding"], "null");
}

TEST_F(Rans, EntropyIsOfAllFramesOrNotThere) {
    kit::write_file(path("stack.mrcz"), packed_stack());
    const double before = *reader_of(packed_stack()).entropy();
    Bytes dark = disk_stack();
    std::fill(dark.begin() + 1024, dark.end(), std::byte{0});
    kit::write_file(path("dark.mrc"), dark);
    const std::vector<Input> inputs{Input::file(path("dark.mrc"))};
    (void)append(inputs, path("stack.mrcz"));
    const Bytes longer = kit::read_file(path("stack.mrcz"));
    EXPECT_NEAR(*reader_of(longer).entropy(), before / 2, 1e-9) << "as many frames without any";
    kit::write_file(path("cut.mrcz"), kit::truncated(longer, data_end_of(longer)));
    EXPECT_FALSE(reader_of(kit::read_file(repair(path("cut.mrcz")).output)).entropy());
}

TEST_F(Rans, EntropyThatIsNoneIsAnError) {
    Bytes packed = packed_stack();
    const std::size_t end = data_end_of(packed);
    const auto sections = load_le<std::uint32_t>(&packed[end + 12]);
    const std::size_t entry = end + 64 + 48 * (sections - 1U);
    ASSERT_EQ(std::memcmp(&packed[entry], "ENTR", 4), 0);
    const double bits = *reader_of(packed).entropy();
    EXPECT_GT(bits, 0);
    EXPECT_EQ(load_le<std::uint64_t>(&packed[entry + 24]), 8U) << "bytes stored";
    store_le(&packed[end + load_le<std::uint64_t>(&packed[entry + 16])], -1.0);
    EXPECT_EQ(kit::error_of([&] { (void)reader_of(packed).entropy(); }).code(), ErrorCode::corrupt);
}

TEST_F(Rans, LiveFileLearnsItsModelFromTheFirstFrames) {
    Bytes plain = disk_stack();
    CompressOptions options;
    options.codec = "rans";
    options.live = LiveOptions{.frames = 7, .seconds = 1000};
    const Bytes live = compressed(plain, options);
    for (const unsigned threads : {2U, 5U}) {
        ThreadExecutor executor(threads);
        EXPECT_EQ(compressed(plain, options, on(&executor)), live) << threads;
    }
    constexpr std::int64_t taught = frame_count / 8;
    std::size_t at = 1024;
    for (std::int64_t chunk = 0; chunk <= frame_count; ++chunk, at += chunk_bytes_at(live, at)) {
        EXPECT_EQ(load_le<std::uint32_t>(&live[at + 16]), chunk == taught ? 0U : 1U) << chunk;
        if (chunk != taught) {
            EXPECT_EQ(load_le<std::uint16_t>(&live[at + 22]), chunk < taught ? 0U : 1U) << chunk;
        }
    }
    EXPECT_EQ(at, data_end_of(live));
    EXPECT_TRUE(verified(live).findings.empty());
    EXPECT_EQ(pixels_of(live), pixels_of(plain));
    EXPECT_TRUE(reader_of(live).entropy());
    auto fields = kit::json_fields(info_json(reader_of(live)));
    EXPECT_EQ(fields["coding.modes.segments"], std::to_string(frame_count - taught));
}

TEST_F(Rans, LiveFileCutAnywhereGivesTheFramesBefore) {
    CompressOptions options;
    options.codec = "rans";
    options.live = LiveOptions{.frames = 1, .seconds = 1000};
    const Bytes live = compressed(disk_stack(), options), pixels = pixels_of(disk_stack());
    std::int64_t frames = 0;
    const std::size_t end = data_end_of(live);
    for (std::size_t at = 1024; at < end; at += chunk_bytes_at(live, at)) {
        frames += load_le<std::uint32_t>(&live[at + 16]);
        const Reader reader = reader_of(kit::truncated(live, at + chunk_bytes_at(live, at) + 11));
        Bytes read(static_cast<std::size_t>(frames) * frame_bytes);
        reader.read_frames(0, frames, read);
        EXPECT_EQ(read, part(pixels, 0, frames)) << at;
    }
    kit::write_file(path("cut.mrcz"), kit::truncated(live, end));
    EXPECT_EQ(pixels_of(kit::read_file(repair(path("cut.mrcz")).output)), pixels);
}

TEST_F(Rans, WriterLearnsFromFramesThatComeOneByOne) {
    const Bytes pixels = pixels_of(disk_stack(70));
    for (const bool live : {false, true}) {
        WriterOptions options;
        options.nx = options.ny = side;
        options.type = PixelType::uint16;
        options.codec = "rans";
        options.overwrite = true;
        if (live) options.live = LiveOptions{};
        Writer writer(path("w.mrcz"), options);
        for (std::int64_t frame = 0; frame < 70; ++frame) writer.append(part(pixels, frame, 1));
        (void)writer.finish();
        const Bytes file = kit::read_file(path("w.mrcz"));
        auto fields = kit::json_fields(info_json(reader_of(file)));
        EXPECT_EQ(fields["coding.modes.segments"], "6") << live;
        EXPECT_EQ(pixels_of(file), pixels);
        EXPECT_TRUE(verified(file).findings.empty());
    }
}

TEST_F(Rans, FewFramesAreCodedByAllThreadsTogether) {
    /// Counts how often work is shared out among its threads.
    struct CountingExecutor final : Executor {
        unsigned concurrency() const noexcept override { return 3; }
        void run_all(std::span<const std::function<void()>> tasks) override {
            most_tasks = std::max(most_tasks, tasks.size());
            threads.run_all(tasks);
        }
        ThreadExecutor threads{3};
        std::size_t most_tasks = 0;
    };
    constexpr std::int64_t nx = 2048, ny = 1537;  // three blocks and the rest of one
    kit::Counts counts(9);
    Bytes plain = kit::make_plain_file({PixelType::int8, nx, ny, 2, ByteOrder::little, 0, 0});
    for (std::size_t at = 1024; at < plain.size(); ++at) plain[at] = static_cast<std::byte>(counts.poisson(0.5));
    const Bytes packed = compressed(plain, "rans");
    CompressOptions options;
    options.codec = "rans";
    CountingExecutor executor;
    EXPECT_EQ(compressed(plain, options, on(&executor)), packed);
    EXPECT_EQ(executor.most_tasks, 3U);
    executor.most_tasks = 0;
    Bytes frame(static_cast<std::size_t>(nx * ny));
    const Reader reader = reader_of(packed);
    reader.read_frames(1, 1, frame, on(&executor));
    EXPECT_EQ(executor.most_tasks, 3U);
    EXPECT_TRUE(std::ranges::equal(frame, std::span(plain).last(frame.size())));
    EXPECT_EQ(decompressed(packed, {}, on(&executor)), plain);
    Bytes damaged = packed;
    damaged[data_end_of(packed) - 10] ^= std::byte{1};
    EXPECT_THROW(reader_of(damaged).read_frames(1, 1, frame, on(&executor)), Error);
}

TEST_F(Rans, PixelsThatAreNoIntegersAreRefused) {
    const Error error =
        kit::error_of([&] { (void)compressed(kit::make_plain_file({.type = PixelType::float32}), "rans"); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(error.message().find("zstd"), std::string::npos) << error.message();
    EXPECT_EQ(names(), std::vector<std::string>{"in"});
}

}  // namespace mrcz::jobs_test
