#include "io/file_system.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

namespace fs = std::filesystem;
using enum OutputState;

const kit::PlainFile small{PixelType::int16, 8, 8, 2, ByteOrder::little, 40, 5};

void make_older(const fs::path& path) { fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(1)); }

}  // namespace

class OutputStates : public Workplace {
  public:
    void SetUp() override {
        kit::write_file(path("a.mrc"), kit::make_plain_file(small));
        (void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrcz")));
        (void)decompress(Input::file(path("a.mrcz")), Output::file(path("b.mrc")));
    }
    OutputState compressed_state() const { return compressed_output_state(path("a.mrc"), path("a.mrcz")); }
    OutputState restored_state() const { return restored_output_state(path("a.mrcz"), path("b.mrc")); }
};

TEST_F(OutputStates, WholeOutputIsComplete) {
    EXPECT_EQ(compressed_state(), complete);
    EXPECT_EQ(restored_state(), complete);
}

TEST_F(OutputStates, OutputOlderThanItsInputIsOutdated) {
    make_older(path("a.mrcz"));
    EXPECT_EQ(compressed_state(), outdated);
    EXPECT_EQ(restored_state(), complete);
    make_older(path("b.mrc"));
    make_older(path("b.mrc"));
    EXPECT_EQ(restored_state(), outdated);
}

TEST_F(OutputStates, OutputCutAnywhereIsIncomplete) {
    const Bytes packed = kit::read_file(path("a.mrcz"));
    for (std::size_t length = Header::bytes_on_disk; length < packed.size(); ++length) {
        kit::write_file(path("a.mrcz"), kit::truncated(packed, length));
        EXPECT_EQ(compressed_state(), incomplete) << length;
    }
    kit::write_file(path("a.mrcz"), packed);
    const Bytes plain = kit::read_file(path("b.mrc"));
    for (std::size_t length = 0; length < plain.size(); ++length) {
        kit::write_file(path("b.mrc"), kit::truncated(plain, length));
        EXPECT_EQ(restored_state(), incomplete) << length;
    }
}

TEST_F(OutputStates, EmptyOutputIsIncompleteAndAMissingOneAbsent) {
    kit::write_file(path("a.mrcz"), {});
    EXPECT_EQ(compressed_state(), incomplete);
    fs::remove(path("a.mrcz"));
    EXPECT_EQ(compressed_state(), absent);
}

TEST_F(OutputStates, WhatThisInputCannotHaveBecomeIsForeign) {
    const Bytes packed = kit::read_file(path("a.mrcz"));
    kit::write_file(path("a.mrcz"), kit::truncated(packed, packed.size() / 2));
    kit::write_file(path("a.mrc"), kit::make_plain_file({PixelType::int16, 9, 8, 2, ByteOrder::little, 40, 5}));
    EXPECT_EQ(compressed_state(), foreign);  // damaged, of another shape
    fs::remove(path("a.mrc"));
    EXPECT_EQ(compressed_state(), foreign);  // damaged, and nothing to make it anew from
    kit::write_file(path("a.mrcz"), kit::make_noise(5000));
    EXPECT_EQ(compressed_state(), foreign);
    kit::write_file(path("a.mrcz"), kit::make_plain_file(small));
    EXPECT_EQ(compressed_state(), foreign);
    fs::remove(path("a.mrcz"));
    fs::create_directory(path("a.mrcz"));
    EXPECT_EQ(compressed_state(), foreign);
}

TEST_F(OutputStates, RestoredFileThatIsAnotherIsForeign) {
    Bytes plain = kit::read_file(path("b.mrc"));
    plain[300] ^= std::byte{1};
    kit::write_file(path("b.mrc"), plain);
    EXPECT_EQ(restored_state(), foreign);
    plain[300] ^= std::byte{1};
    plain.resize(plain.size() + 1);
    kit::write_file(path("b.mrc"), plain);
    EXPECT_EQ(restored_state(), foreign);
}

TEST_F(OutputStates, FileOfAnotherProgramIsForeign) {
    Bytes packed = kit::read_file(path("a.mrcz"));
    std::fill_n(packed.begin() + 224, 80, std::byte{' '});
    kit::write_file(path("a.mrcz"), packed);
    EXPECT_EQ(compressed_state(), foreign);
}

TEST_F(OutputStates, InputThatIsGoneMakesNothingOutdated) {
    fs::remove(path("a.mrc"));
    EXPECT_EQ(compressed_state(), complete);
    fs::remove(path("a.mrcz"));
    EXPECT_EQ(restored_state(), complete);
}

TEST_F(OutputStates, RestoredFileWithMetadataBehindItIsComplete) {
    CompressOptions options;
    options.metadata = some_metadata();
    kit::write_file(path("a.mrc"), kit::make_plain_file({PixelType::int16, 8, 8, 2, ByteOrder::little, 40, 0}));
    (void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrcz"), true), options);
    DecompressOptions keeping;
    keeping.keep_metadata = true;
    (void)decompress(Input::file(path("a.mrcz")), Output::file(path("b.mrc"), true), keeping);
    EXPECT_EQ(restored_state(), complete);
}

TEST_F(OutputStates, FreshFileIsKnownByShapeAndSize) {
    WriterOptions options;
    options.nx = 20;
    options.ny = 10;
    options.overwrite = true;
    Writer writer(path("a.mrcz"), options);
    writer.append(kit::make_pixels(options.type, 600));
    writer.finish();
    (void)decompress(Input::file(path("a.mrcz")), Output::file(path("b.mrc"), true));
    EXPECT_EQ(restored_state(), complete);
    const Bytes plain = kit::read_file(path("b.mrc"));
    kit::write_file(path("b.mrc"), kit::truncated(plain, plain.size() - 1));
    EXPECT_EQ(restored_state(), incomplete);
    kit::write_file(path("b.mrc"), kit::make_plain_file(small));
    EXPECT_EQ(restored_state(), foreign);
}

TEST_F(OutputStates, OutputThatIsAppendedToOrWasIsUnfinishedWhateverItHolds) {
    const auto expect_unfinished = [&] {
        EXPECT_EQ(compressed_state(), unfinished);
        EXPECT_EQ(restored_state(), unfinished);
    };
    {
        const auto packed = io::disk().open_locked(path("a.mrcz"));
        const auto plain = io::disk().open_locked(path("b.mrc"));
        expect_unfinished();
    }
    EXPECT_EQ(compressed_state(), complete);
    kit::write_file(path("a.mrcz.journal"), {});
    kit::write_file(path("b.mrc.journal"), {});
    expect_unfinished();
    kit::write_file(path("b.mrc"), {});
    expect_unfinished();
}

TEST_F(OutputStates, WithoutADtypeOutputThatDoesNotGiveItsInputBackIsForeign) {
    const auto compress_again = [&](const CompressOptions& options) {
        (void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrcz"), true), options);
    };
    CompressOptions converting;
    converting.dtype = PixelType::float32;
    compress_again(converting);
    EXPECT_EQ(compressed_state(), foreign);
    CompressOptions live;
    live.live = LiveOptions{};
    compress_again(live);
    EXPECT_EQ(compressed_state(), foreign);
    make_older(path("a.mrcz"));
    EXPECT_EQ(compressed_state(), outdated);
    fs::remove(path("a.mrc"));
    EXPECT_EQ(compressed_state(), complete);  // nobody can tell any more
}

TEST_F(OutputStates, OutputOfAnotherInputOfTheSameShapeIsForeign) {
    Bytes other = kit::read_file(path("a.mrc"));
    store_le(&other[40], 77.0F);
    kit::write_file(path("a.mrc"), other);
    make_older(path("a.mrc"));
    EXPECT_EQ(compressed_state(), foreign);
}

TEST_F(OutputStates, OutputCompressedAnewIsCompleteWhenItGivesBackWhatItsInputDoes) {
    const auto state = [&] { return compressed_output_state(path("a.mrcz"), path("c.mrcz")); };
    (void)compress(Input::file(path("a.mrcz")), Output::file(path("c.mrcz")));
    EXPECT_EQ(state(), complete);
    CompressOptions live;
    live.live = LiveOptions{};
    (void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrcz"), true), live);
    make_older(path("a.mrcz"));
    EXPECT_EQ(state(), foreign);  // it holds an original, its input holds none
    (void)compress(Input::file(path("a.mrcz")), Output::file(path("c.mrcz"), true));
    EXPECT_EQ(state(), complete);
}

TEST_F(OutputStates, WithADtypeOutputOfOtherPixelsIsForeign) {
    const auto compressed_as = [&](PixelType type) {
        return compressed_output_state(path("a.mrc"), path("a.mrcz"), type);
    };
    const auto restored_as = [&](PixelType type) { return restored_output_state(path("a.mrcz"), path("b.mrc"), type); };
    EXPECT_EQ(compressed_as(PixelType::int16), complete);
    EXPECT_EQ(compressed_as(PixelType::float32), foreign);
    EXPECT_EQ(restored_as(PixelType::int16), complete);
    EXPECT_EQ(restored_as(PixelType::float32), foreign);
    DecompressOptions to_float;
    to_float.dtype = PixelType::float32;
    (void)decompress(Input::file(path("a.mrcz")), Output::file(path("b.mrc"), true), to_float);
    EXPECT_EQ(restored_as(PixelType::float32), complete);
    EXPECT_EQ(restored_as(PixelType::int16), foreign);
    EXPECT_EQ(restored_state(), foreign);
    const Bytes plain = kit::read_file(path("b.mrc"));
    kit::write_file(path("b.mrc"), kit::truncated(plain, plain.size() - 1));
    EXPECT_EQ(restored_as(PixelType::float32), incomplete);
    CompressOptions options;
    options.dtype = PixelType::float32;
    (void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrcz"), true), options);
    EXPECT_EQ(compressed_as(PixelType::float32), complete);
    EXPECT_EQ(compressed_as(PixelType::int16), foreign);
    make_older(path("a.mrcz"));
    EXPECT_EQ(compressed_as(PixelType::float32), outdated);
    kit::write_file(path("a.mrc"), kit::make_plain_file({PixelType::int16, 9, 8, 2, ByteOrder::little, 40, 5}));
    EXPECT_EQ(compressed_as(PixelType::float32), foreign);
}

}  // namespace mrcz::jobs_test
