// compress() of what arrives through a pipe.
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

class Live : public Workplace {
  public:
    /// What compress() makes of bytes that come through a FIFO.
    JobResult streamed(const Bytes& bytes, CompressOptions options = {}) const {
        std::filesystem::remove(path("fifo"));
        EXPECT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
        options.live = LiveOptions{.frames = 2, .seconds = 1000};
        std::thread writer([&] { kit::write_file(path("fifo"), bytes); });
        const auto join = [&] { writer.join(); };
        try {
            const JobResult result = compress(Input::file(path("fifo")), Output::file(path("out"), true), options);
            join();
            return result;
        } catch (...) {
            join();
            throw;
        }
    }
    [[nodiscard]] Bytes out() const { return kit::read_file(path("out")); }
};

TEST_F(Live, StreamBecomesAFinishedFile) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes plain = kit::make_plain_file({.nz = 7, .order = order, .extended_bytes = 16});
        CompressOptions options;
        options.metadata = some_metadata();
        const JobResult result = streamed(plain, options);
        EXPECT_EQ(result.frames, 7);
        EXPECT_EQ(result.bytes_in, plain.size());
        EXPECT_EQ(result.bytes_out, out().size());
        EXPECT_EQ(pixels_of(out()), pixels_of(plain));
        EXPECT_TRUE(verified(out()).frames_hashed);
        EXPECT_TRUE(reader_of(out()).metadata());
        EXPECT_EQ(reader_of(out()).extended_header().size(), 16U);
        EXPECT_NEAR(reader_of(out()).header().voxel_angstrom()[2], 1.5, 1e-5);
        EXPECT_FALSE(std::filesystem::exists(path("out.journal")));
    }
}

TEST_F(Live, NeverWritesOverItsInput) {
    const Bytes plain = kit::make_plain_file({.nz = 2});
    kit::write_file(path("a.mrc"), plain);
    CompressOptions options;
    options.live = LiveOptions{};
    EXPECT_THROW((void)compress(Input::file(path("a.mrc")), Output::file(path("a.mrc"), true), options), Error);
    EXPECT_EQ(kit::read_file(path("a.mrc")), plain);
}

TEST_F(Live, SaysWhichBytesBehindTheFramesStay) {
    kit::write_file(path("a.mrc"), kit::make_plain_file({.nz = 2, .trailing_bytes = 5}));
    CompressOptions options;
    options.live = LiveOptions{};
    std::string said;
    RunContext context;
    context.log = [&](std::string_view text) { said += text; };
    (void)compress(Input::file(path("a.mrc")), Output::file(path("out")), options, context);
    EXPECT_NE(said.find("5 bytes behind the frames"), std::string::npos) << said;
}

TEST_F(Live, StreamWithoutACountIsTakenToItsEnd) {
    Bytes plain = kit::make_plain_file({.nz = 7});
    const Bytes pixels = pixels_of(plain);
    plain[8] = std::byte{0};
    EXPECT_EQ(streamed(plain).frames, 7);
    EXPECT_EQ(pixels_of(out()), pixels);
}

TEST_F(Live, StreamThatEndsEarlyKeepsItsWholeFramesAndSaysSo) {
    const Bytes plain = kit::make_plain_file({.nx = 16, .ny = 12, .nz = 7});
    const Error error = kit::error_of([&] { (void)streamed(kit::truncated(plain, 1024 + 3 * 384 + 10)); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_NE(error.message().find("after 3 of 7 frames and 10 bytes of another"), std::string::npos)
        << error.message();
    EXPECT_EQ(reader_of(out()).frames(), 3);
    (void)verified(out());
}

TEST_F(Live, StreamWithoutAnyFrameGivesAnEmptyFile) {
    Bytes plain = kit::truncated(kit::make_plain_file({}), 1024);
    plain[8] = std::byte{0};
    EXPECT_EQ(streamed(plain).frames, 0);
    EXPECT_EQ(reader_of(out()).frames(), 0);
    (void)verified(out());
}

TEST_F(Live, FramesAreCommittedWhileThePipeIsSilent) {
    const Bytes plain = kit::make_plain_file({.nx = 16, .ny = 12, .nz = 7});
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    std::thread writer([&] {
        std::ofstream fifo(path("fifo"), std::ios::binary);
        const auto send = [&](std::size_t from, std::size_t to) {
            fifo.write(reinterpret_cast<const char*>(plain.data()) + from, static_cast<std::streamsize>(to - from));
            fifo.flush();
        };
        send(0, 1024 + 3 * 384);
        const auto committed = [&] {
            try {
                return Reader(path("out")).frames();
            } catch (const Error&) {
                return std::int64_t{0};
            }
        };
        while (committed() < 3) std::this_thread::yield();
        send(1024 + 3 * 384, plain.size());
    });
    CompressOptions options;
    options.live = LiveOptions{.frames = 1000, .seconds = 0.1};
    const JobResult result = compress(Input::file(path("fifo")), Output::file(path("out")), options);
    writer.join();
    EXPECT_EQ(result.frames, 7);
    EXPECT_EQ(pixels_of(out()), pixels_of(plain));
}

TEST_F(Live, StandardOutputIsRefused) {
    kit::write_file(path("in"), kit::make_plain_file({}));
    CompressOptions options;
    options.live = LiveOptions{};
    EXPECT_EQ(kit::error_of([&] { (void)compress(Input::file(path("in")), Output::stream(1), options); }).code(),
              ErrorCode::invalid_argument);
}

}  // namespace mrcz::jobs_test
