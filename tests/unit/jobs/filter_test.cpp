// The filter of a file is settled by frames from all over it, as far as they are there.
#include <random>

#include "base/fail.hpp"
#include "jobs/model_samples.hpp"
#include "kit/descriptors.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

constexpr std::int64_t side = 256, frame_count = 24;
constexpr std::size_t frame_bytes = 2 * side * side;
constexpr unsigned bitshuffled = 4;

/// A frame of few counts, which bitshuffle makes smallest, and behind it frames that repeat a row, which no filter
/// does.
Bytes odd_first_frame() {
    Bytes file = kit::make_plain_file({PixelType::int16, side, side, frame_count, ByteOrder::little, 0, 0});
    std::mt19937 random(5);
    for (std::size_t i = 0; i < side * side; ++i)
        store_le(&file[1024 + 2 * i], static_cast<std::int16_t>(random() % 19 == 0 ? 1 : 0));
    for (std::size_t frame = 1; frame < frame_count; ++frame) {
        const Bytes row = kit::make_noise(2018, static_cast<std::uint32_t>(frame));
        for (std::size_t i = 0; i < frame_bytes; ++i) file[1024 + frame * frame_bytes + i] = row[i % row.size()];
    }
    return file;
}

Bytes first_frames(const Bytes& file, std::int64_t count) {
    Bytes cut(file.begin(),
              file.begin() + static_cast<std::ptrdiff_t>(1024 + static_cast<std::size_t>(count) * frame_bytes));
    store_le(&cut[8], static_cast<std::int32_t>(count));
    store_le(&cut[36], static_cast<std::int32_t>(count));
    return cut;
}

unsigned filter_of(const Bytes& packed) { return static_cast<unsigned>(packed[1024 + 2]) & 5U; }

class FileFilter : public Workplace {
  public:
    Bytes written(const Bytes& file, std::int64_t at_once) {
        WriterOptions options;
        options.nx = options.ny = side;
        options.overwrite = true;
        Writer writer(path("written"), options);
        const std::span<const std::byte> pixels = std::span(file).subspan(1024);
        for (std::int64_t frame = 0; frame < frame_count; frame += at_once)
            writer.append(pixels.subspan(static_cast<std::size_t>(frame) * frame_bytes,
                                         static_cast<std::size_t>(at_once) * frame_bytes));
        (void)writer.finish();
        return kit::read_file(path("written"));
    }
};

/// Of one frame, as a file whose frames have to be decoded whole.
class CountingFeed final : public jobs::FrameFeed {
  public:
    const header::Layout& layout() const override { return layout_; }
    const Bytes& extended_header() const override { return extended_header_; }
    std::unique_ptr<jobs::FeedSlot> make_slot() override { return nullptr; }
    std::vector<container::Section> sections() override { return {}; }
    std::uint64_t bytes_read() const override { return 0; }
    bool peek(std::int64_t frame, std::span<const jobs::PeekedPart> parts) override {
        decoded.push_back(frame);
        if (frame == 1) fail(ErrorCode::corrupt, "damaged");
        for (const jobs::PeekedPart& part : parts) part.bytes[0] = std::byte(frame * 16 + std::int64_t(part.offset));
        return true;
    }

    std::vector<std::int64_t> decoded;

  private:
    header::Layout layout_;
    Bytes extended_header_;
};

}  // namespace

TEST(PeekedParts, TakeAllOfAFrameAtOnceAndLeaveOutDamagedFrames) {
    CountingFeed feed;
    const std::vector<codec::FramePart> wanted{{0, 1, 1}, {0, 2, 1}, {1, 1, 1}, {2, 3, 1}, {2, 5, 1}, {2, 7, 1}};
    const jobs::PeekedParts peeked(feed, wanted);
    EXPECT_EQ(feed.decoded, (std::vector<std::int64_t>{0, 1, 2}));
    std::vector<int> found;
    for (const auto part : peeked.parts()) found.push_back(std::to_integer<int>(part[0]));
    EXPECT_EQ(found, (std::vector<int>{1, 2, 35, 37, 39}));
}

TEST_F(FileFilter, IsThatOfMostFramesNotOfTheFirst) {
    const Bytes file = odd_first_frame();
    EXPECT_EQ(filter_of(compressed(first_frames(file, 1))), bitshuffled);
    EXPECT_NE(filter_of(compressed(file)), bitshuffled);
    CompressOptions bitshuffle;
    bitshuffle.coding.filter = Filter::bitshuffle;
    EXPECT_LT(compressed(file).size(), compressed(file, bitshuffle).size() / 2);
}

TEST_F(FileFilter, IsSettledAnewWhereAFileIsCompressedAnew) {
    const Bytes file = odd_first_frame();
    CompressOptions bitshuffle;
    bitshuffle.coding.filter = Filter::bitshuffle;
    const Bytes packed = compressed(file, bitshuffle);
    EXPECT_EQ(filter_of(packed), bitshuffled);
    EXPECT_NE(filter_of(compressed(packed)), bitshuffled);
}

TEST_F(FileFilter, OfConvertedPixelsIsThatOfWhatIsStored) {
    CompressOptions options;
    options.dtype = PixelType::int32;
    EXPECT_NE(filter_of(compressed(odd_first_frame(), options)), bitshuffled);
}

TEST_F(FileFilter, IsSettledByTheFirstFramesOfAPipe) {
    kit::MemoryFile in, out;
    in.assign(odd_first_frame());
    (void)compress(Input::stream(in.descriptor(), "a pipe"), Output::stream(out.descriptor()), {});
    EXPECT_NE(filter_of(out.bytes()), bitshuffled);
}

TEST_F(FileFilter, IsSettledByFramesThatAWriterGetsAtOnce) {
    const Bytes file = odd_first_frame();
    EXPECT_NE(filter_of(written(file, frame_count)), bitshuffled);
    EXPECT_EQ(filter_of(written(file, 1)), bitshuffled) << "the first frame is all there is when it is written";
}

TEST_F(FileFilter, DoesNotDependOnThreads) {
    const Bytes file = odd_first_frame();
    const Bytes alone = compressed(file);
    ThreadExecutor threads(4);
    EXPECT_EQ(compressed(file, {}, on(&threads)), alone);
}

}  // namespace mrcz::jobs_test
