#include "container/footer.hpp"
#include "kit/descriptors.hpp"
#include "kit/json_fields.hpp"
#include "kit/memory_sink.hpp"
#include "kit/wrappers.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Compress : public Workplace {
  public:
    /// Without a file on the way out, whose syncing would take most of the time.
    Bytes through_memory(const Bytes& plain, const std::string& codec) {
        CompressOptions options;
        options.codec = codec;
        in_.assign(plain);
        out_.clear();
        (void)compress(Input::file(in_.path()), Output::stream(out_.descriptor()), options);
        return out_.bytes();
    }
    Bytes restored(const Bytes& packed) {
        in_.assign(packed);
        out_.clear();
        (void)decompress(Input::file(in_.path()), Output::stream(out_.descriptor()));
        return out_.bytes();
    }

  private:
    kit::MemoryFile in_;
    kit::MemoryFile out_;
};

TEST_F(Compress, IsUndoneByteForByteWhateverThePlainFile) {
    for (const std::string& codec : compressing_codecs())
        for (const PixelType type : kit::pixel_types_with_a_mode())
            for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
                for (const std::size_t extended : {0, 77})
                    for (const std::size_t trailing : {0, 33}) {
                        if (!kit::takes(codec, type)) continue;
                        const Bytes plain = kit::make_plain_file({type, 19, 13, 3, order, extended, trailing});
                        const Bytes packed = through_memory(plain, codec);
                        EXPECT_EQ(pixels_of(packed), pixels_of(plain));
                        EXPECT_EQ(restored(packed), plain)
                            << codec << " " << info_of(type).name << " " << extended << " " << trailing;
                    }
}

TEST_F(Compress, IsUndoneForFilesOfOtherShapes) {
    const std::array<std::int64_t, 3> shapes[] = {{1, 1, 1},  {1, 1, 0},     {64, 48, 0}, {1, 40, 3},
                                                  {40, 1, 3}, {251, 241, 1}, {7, 5, 100}};
    for (const auto& [nx, ny, nz] : shapes)
        for (const std::string& codec : compressing_codecs())
            for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
                const Bytes plain = kit::make_plain_file({PixelType::int16, nx, ny, nz, order, 5, 7});
                const Bytes packed = through_memory(plain, codec);
                EXPECT_EQ(reader_of(packed).frames(), nz);
                EXPECT_EQ(restored(packed), plain) << nx << " " << ny << " " << nz;
                EXPECT_TRUE(verified(packed).original_matched);
            }
}

TEST_F(Compress, IsUndoneFromFileToFile) {
    const Bytes plain = kit::make_plain_file({PixelType::float32, 61, 43, 6, ByteOrder::big, 100, 9});
    for (const std::string& codec : compressing_codecs())
        if (kit::takes(codec, PixelType::float32)) {
            EXPECT_EQ(decompressed(compressed(plain, codec)), plain) << codec;
        }
    EXPECT_EQ(names(), (std::vector<std::string>{"in", "out"}));
}

TEST_F(Compress, GivesTheSameFileFromPipeAndFile) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 6, ByteOrder::big, 100, 9});
    const Bytes packed = compressed(plain, "zstd");
    EXPECT_EQ(kit::through_pipes(plain, [](const Input& in, const Output& out) { (void)compress(in, out); }), packed);
    EXPECT_EQ(kit::through_pipes(packed, [](const Input& in, const Output& out) { (void)decompress(in, out); }), plain);
    CompressOptions lz4;
    lz4.codec = "lz4";
    EXPECT_EQ(kit::through_pipes(packed, [&](const Input& in, const Output& out) { (void)compress(in, out, lz4); }),
              compressed(packed, lz4));
}

TEST_F(Compress, TakesGzipAndBzip2Off) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 6, ByteOrder::little, 100, 9});
    const Bytes packed = compressed(plain, "zstd");
    for (const Bytes& wrapped : {kit::gzipped(plain), kit::bzipped(plain)}) {
        EXPECT_EQ(compressed(wrapped, "zstd"), packed);
        EXPECT_EQ(kit::through_pipes(wrapped, [](const Input& in, const Output& out) { (void)compress(in, out); }),
                  packed);
        EXPECT_EQ(decompressed(wrapped), plain);
    }
    for (const Bytes& wrapped : {kit::gzipped(packed), kit::bzipped(packed)}) {
        EXPECT_EQ(decompressed(wrapped), plain);
        EXPECT_EQ(compressed(wrapped, "lz4"), compressed(packed, "lz4"));
    }
}

TEST_F(Compress, AnewKeepsTheFirstOriginalAndAllSections) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 6, ByteOrder::big, 100, 9});
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes zstd = compressed(plain, options);
    const Bytes lz4 = compressed(zstd, "lz4");
    EXPECT_EQ(reader_of(lz4).codec().name, "lz4");
    EXPECT_EQ(decompressed(lz4), plain);
    EXPECT_EQ(reader_of(lz4).metadata()->to_json(), some_metadata().to_json());
    const Bytes again = compressed(lz4, "zstd");
    EXPECT_EQ(decompressed(again), plain);
    EXPECT_EQ(pixels_of(again), pixels_of(zstd));
    EXPECT_TRUE(verified(again).original_matched);
    EXPECT_EQ(compressed(lz4, "zstd"), again) << "no step names a time";
}

TEST_F(Compress, EveryStepNamesTheCodecItWasTakenWith) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 6, ByteOrder::little});
    const Bytes rans = compressed(compressed(compressed(plain, "zstd"), "lz4"), "rans");
    auto steps = kit::json_fields(reader_of(rans).provenance());
    for (const auto& [step, codec] : {std::pair{"[0]", "zstd"}, {"[1]", "lz4"}, {"[2]", "rans"}}) {
        EXPECT_EQ(steps[std::string(step) + ".step"], "compress");
        EXPECT_EQ(steps[std::string(step) + ".codec"], codec);
        EXPECT_EQ(steps[std::string(step) + ".lossless"], "true");
    }
    EXPECT_FALSE(steps.contains("[3].step"));
    EXPECT_EQ(decompressed(rans), plain);
}

TEST_F(Compress, StepsOfAPlainFileStayBeforeThatOfCompressing) {
    DecompressOptions keeping;
    keeping.keep_metadata = true;
    keeping.frames = "1:";
    CompressOptions with_metadata;
    with_metadata.metadata = some_metadata();
    const Bytes packed =
        compressed(kit::make_plain_file({PixelType::int16, 61, 43, 6, ByteOrder::little}), with_metadata);
    const Bytes anew = compressed(decompressed(packed, keeping), "lz4");
    auto steps = kit::json_fields(reader_of(anew).provenance());
    EXPECT_EQ(steps["[0].codec"], "zstd");
    EXPECT_EQ(steps["[1].codec"], "lz4");
}

TEST_F(Compress, AnewRefusesAHeaderThatNoLongerFitsItsOriginal) {
    const Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 9, 7, 3, ByteOrder::little, 40}), "zstd");
    for (const std::size_t offset : {40, 1024 + 8}) {  // CELLA; the extended header
        kit::write_file(path("edited"), kit::with_flipped_bit(packed, 8 * offset));
        const Error error =
            kit::error_of([&] { (void)compress(Input::file(path("edited")), Output::file(path("anew"))); });
        EXPECT_EQ(error.code(), ErrorCode::corrupt);
        EXPECT_NE(error.message().find("header"), std::string::npos);
        EXPECT_FALSE(std::filesystem::exists(path("anew")));
    }
}

TEST_F(Compress, MetadataOfTheCallerReplaceThoseOfTheInput) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes first = compressed(kit::make_plain_file({}), options);
    options.metadata = Metadata::from_json("{\"new\":1}").converted_to(MetadataFormat::msgpack);
    const Bytes second = compressed(first, options);
    EXPECT_EQ(reader_of(second).metadata()->to_json(), "{\"new\":1}");
    EXPECT_EQ(reader_of(second).metadata()->format(), MetadataFormat::msgpack);
}

TEST_F(Compress, SectionsInAPlainFilesFooterMoveOver) {
    WriterOptions options;
    options.nx = 20;
    options.ny = 10;
    options.codec = "raw";
    options.metadata = some_metadata();
    {
        Writer writer(path("plain"), options);
        writer.append(kit::make_pixels(PixelType::int16, 600));
        writer.finish();
    }
    const Bytes plain = kit::read_file(path("plain"));
    const Bytes packed = compressed(plain, "zstd");
    EXPECT_EQ(reader_of(packed).metadata()->to_json(), some_metadata().to_json());
    EXPECT_EQ(decompressed(packed), plain);
    EXPECT_EQ(reader_of(decompressed(packed)).metadata()->to_json(), some_metadata().to_json());
    EXPECT_TRUE(verified(plain).frames_hashed);
}

Bytes plain_with_footer(std::vector<container::Section> sections) {
    kit::MemorySink sink;
    sink.write(kit::make_plain_file({}));
    container::write_footer(sink, {.data_offset = 1024, .chunk_count = 0, .frames_per_chunk = 1, .flags = 0},
                            std::move(sections));
    return sink.bytes;
}

TEST_F(Compress, UnknownSectionsAreKept) {
    const Bytes plain = plain_with_footer({{"?new", "raw ", 0, Bytes(9)}});
    const Bytes twice = compressed(compressed(plain, "zstd"), "lz4");
    const auto sections = reader_of(twice).sections();
    EXPECT_TRUE(
        std::any_of(sections.begin(), sections.end(), [](const SectionInfo& info) { return info.id == "?new"; }));
    EXPECT_EQ(decompressed(twice), plain);
}

TEST_F(Compress, OriginalInAPlainFilesFooterIsNotTakenOver) {
    const Bytes plain = plain_with_footer(
        {{"ORIG", "raw ", 0, Bytes(9)}, {"FHSH", "raw ", 0, Bytes(9)}, {"MORE", "raw ", 0, Bytes(1)}});
    const Bytes packed = compressed(plain, "zstd");
    EXPECT_EQ(decompressed(packed), plain);
    EXPECT_NO_THROW((void)verified(packed));
}

TEST_F(Compress, DamagedFooterOfAPlainFileIsTrailingBytes) {
    const Bytes plain = plain_with_footer({{"?new", "raw ", 0, Bytes(9)}});
    for (const std::size_t from_end : {1, 20, 100}) {
        const Bytes damaged = kit::with_flipped_bit(plain, 8 * (plain.size() - from_end));
        EXPECT_EQ(decompressed(compressed(damaged, "zstd")), damaged) << from_end;
    }
    const Bytes cut = kit::truncated(plain, plain.size() - 3);
    EXPECT_EQ(decompressed(compressed(cut, "zstd")), cut);
}

TEST_F(Compress, BytesDoNotDependOnThreads) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 20, ByteOrder::big, 0, 0});
    const Bytes expected = compressed(plain, "zstd");
    for (const unsigned threads : {1U, 2U, 5U}) {
        ThreadExecutor executor(threads);
        EXPECT_EQ(compressed(plain, {}, on(&executor)), expected) << threads;
        EXPECT_EQ(decompressed(expected, {}, on(&executor)), plain) << threads;
        EXPECT_TRUE(verified(expected, on(&executor)).original_matched) << threads;
    }
}

TEST_F(Compress, ProgressRisesToTheEnd) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 9, ByteOrder::little, 0, 0});
    ThreadExecutor executor(3);
    RunContext context = on(&executor);
    std::vector<ProgressUpdate> updates;
    context.progress = [&](const ProgressUpdate& update) { updates.push_back(update); };
    const auto expect_rising = [&](std::string_view job) {
        ASSERT_EQ(updates.size(), 9U) << job;
        for (std::size_t i = 0; i < updates.size(); ++i) {
            EXPECT_EQ(updates[i].frames_done, static_cast<std::int64_t>(i + 1)) << job;
            EXPECT_EQ(updates[i].frames_total, 9) << job;
            if (i == 0) continue;
            EXPECT_GT(updates[i].bytes_in, updates[i - 1].bytes_in) << job;
            EXPECT_GE(updates[i].bytes_out, updates[i - 1].bytes_out) << job;
        }
        updates.clear();
    };
    const Bytes packed = compressed(plain, {}, context);
    expect_rising("compress");
    (void)compressed(packed, {}, context);
    expect_rising("compress anew");
    (void)decompressed(packed, {}, context);
    expect_rising("decompress");
    (void)verified(packed, context);
    expect_rising("verify");
}

TEST_F(Compress, CancelledLeavesNothing) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 61, 43, 9, ByteOrder::little, 0, 0});
    const Bytes packed = compressed(plain, "zstd");
    std::filesystem::remove(path("out"));
    for (const unsigned threads : {1U, 3U})
        for (const int after : {0, 1, 4}) {
            ThreadExecutor executor(threads);
            CancelToken token;
            RunContext context = on(&executor);
            context.cancel = &token;
            int updates = 0;
            context.progress = [&](const ProgressUpdate&) {
                if (++updates >= after) token.cancel();
            };
            for (const bool compressing : {true, false}) {
                if (after == 0) token.cancel();
                const Error error = kit::error_of([&] {
                    compressing ? (void)compressed(plain, {}, context) : (void)decompressed(packed, {}, context);
                });
                EXPECT_EQ(error.code(), ErrorCode::cancelled);
                EXPECT_EQ(names(), std::vector<std::string>{"in"});
            }
        }
}

TEST_F(Compress, ExistingOutputIsKeptUnlessOverwritingIsAskedFor) {
    kit::write_file(path("in"), kit::make_plain_file({}));
    kit::write_file(path("out"), Bytes(5));
    const Error error = kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out"))); });
    EXPECT_EQ(error.code(), ErrorCode::target_exists);
    EXPECT_EQ(error.context(), path("out").string());
    EXPECT_EQ(kit::read_file(path("out")), Bytes(5));
    (void)compress(Input::file(path("in")), Output::file(path("out"), true));
    EXPECT_NO_THROW((void)verify(Input::file(path("out"))));
}

TEST_F(Compress, InputAsItsOwnOutputIsRefused) {
    const Bytes plain = kit::make_plain_file({});
    kit::write_file(path("in"), plain);
    std::filesystem::create_symlink(path("in"), path("link"));
    std::filesystem::create_hard_link(path("in"), path("hard"));
    for (const char* name : {"in", "link", "hard"}) {
        EXPECT_EQ(
            kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path(name), true)); }).code(),
            ErrorCode::invalid_argument)
            << name;
        EXPECT_EQ(
            kit::error_of([&] { (void)decompress(Input::file(path(name)), Output::file(path("in"), true)); }).code(),
            ErrorCode::invalid_argument)
            << name;
    }
    EXPECT_EQ(kit::read_file(path("in")), plain);
    EXPECT_EQ(names(), (std::vector<std::string>{"hard", "in", "link"}));
}

TEST_F(Compress, WrongOptionsAreTheCallersErrors) {
    kit::write_file(path("in"), kit::make_plain_file({}));
    for (const char* codec : {"", "zap", "raw", "ZSTD", "snappy"}) {
        CompressOptions options;
        options.codec = codec;
        const Error error =
            kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out")), options); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << codec;
    }
    CompressOptions level;
    level.coding.level = 10;
    EXPECT_EQ(kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out")), level); }).code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(kit::error_of([&] { (void)compress(Input::file(path("none")), Output::file(path("out"))); }).code(),
              ErrorCode::not_found);
    EXPECT_EQ(names(), std::vector<std::string>{"in"});
}

TEST_F(Compress, TrailingBytesAreKeptUpToTheLimit) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 0, 10'000});
    kit::write_file(path("in"), plain);
    CompressOptions options;
    options.limits.trailing_bytes = 9'999;
    const Error error =
        kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out")), options); });
    EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
    EXPECT_EQ(names(), std::vector<std::string>{"in"});
    options.limits.trailing_bytes = 10'000;
    options.limits.metadata_bytes = 1'000;
    (void)compress(Input::file(path("in")), Output::file(path("out")), options);
    DecompressOptions back;
    back.limits = options.limits;
    (void)decompress(Input::file(path("out")), Output::file(path("back")), back);
    EXPECT_EQ(kit::read_file(path("back")), plain);
    EXPECT_TRUE(verify(Input::file(path("out")), {.limits = options.limits}).original_matched);
    (void)compress(Input::file(path("out")), Output::file(path("again")), options);
}

TEST_F(Compress, ResultCountsFramesAndBytes) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 3, 4});
    kit::write_file(path("in"), kit::gzipped(plain));
    const JobResult result = compress(Input::file(path("in")), Output::file(path("out")));
    EXPECT_EQ(result.frames, 2);
    EXPECT_EQ(result.bytes_in, plain.size());
    EXPECT_EQ(result.bytes_out, std::filesystem::file_size(path("out")));
}

TEST_F(Compress, EveryTruncationOfAPlainFileIsADataErrorThatLeavesNothing) {
    const kit::PlainFile description{PixelType::int16, 8, 8, 3, ByteOrder::little, 50, 60};
    const Bytes plain = kit::make_plain_file(description);
    const std::size_t needed = plain.size() - description.trailing_bytes;
    kit::MemoryFile cut;
    const auto compress_cut = [&](std::size_t length) {
        cut.assign(kit::truncated(plain, length));
        (void)compress(Input::file(cut.path()), Output::file(path("out")));
    };
    for (std::size_t length = 0; length < needed; ++length) {
        const Error error = kit::error_of([&] { compress_cut(length); });
        EXPECT_EQ(error.group(), ErrorGroup::data) << length << ": " << error.what();
        EXPECT_FALSE(error.message().empty() || error.message().find('\n') != std::string::npos);
        EXPECT_EQ(error.context(), cut.path().string());
        EXPECT_TRUE(names().empty());
        if (length % 7 != 0) continue;
        const Error piped = kit::error_of([&] {
            (void)kit::through_pipes(kit::truncated(plain, length),
                                     [](const Input& in, const Output& out) { (void)compress(in, out); });
        });
        EXPECT_EQ(piped.group(), ErrorGroup::data) << length;
        EXPECT_EQ(piped.context(), "pipe");
    }
    EXPECT_NO_THROW(compress_cut(needed));
}

TEST_F(Compress, WrappedFilesCutShortAreDataErrorsThatLeaveNothing) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 8, 8, 3, ByteOrder::little, 0, 0});
    for (const Bytes& wrapped : {kit::gzipped(plain), kit::bzipped(plain)})
        for (std::size_t length = 0; length < wrapped.size(); length += 5) {
            kit::write_file(path("in"), kit::truncated(wrapped, length));
            const Error error =
                kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out"))); });
            EXPECT_EQ(error.group(), ErrorGroup::data) << length;
            EXPECT_EQ(names(), std::vector<std::string>{"in"});
        }
}

}  // namespace mrcz::jobs_test
