#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

namespace fs = std::filesystem;

const io::FileSinkOptions keep_old{};
const io::FileSinkOptions replace_old{.overwrite = true, .like = {}};

class FileSink : public testing::Test {
  protected:
    kit::TemporaryFolder folder;
    const fs::path target = folder / "out.mrcz";
    const Bytes old_bytes = bytes_of("the old file");
    const Bytes new_bytes = bytes_of("the new file, longer than the old one");

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder.path())) found.push_back(entry.path().filename());
        std::sort(found.begin(), found.end());
        return found;
    }

    void write_new(const fs::path& path, const io::FileSinkOptions& options) const {
        const auto sink = io::open_file_sink(path, options);
        sink->write(new_bytes);
        sink->commit();
    }

    [[nodiscard]] Error error_of_opening(const fs::path& path, const io::FileSinkOptions& options) const {
        return kit::error_of([&] { (void)io::open_file_sink(path, options); });
    }
};

mode_t permissions_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

timespec modified(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mtim;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_F(FileSink, NothingIsVisibleBeforeCommit) {
    const auto sink = io::open_file_sink(target, keep_old);
    sink->write(new_bytes);
    EXPECT_FALSE(fs::exists(target));
    EXPECT_EQ(sink->written(), new_bytes.size());
    sink->commit();
    EXPECT_EQ(kit::read_file(target), new_bytes);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, DestroyedWithoutCommitLeavesNothing) {
    { io::open_file_sink(target, keep_old)->write(new_bytes); }
    EXPECT_EQ(names(), Names{});
}

TEST_F(FileSink, DestroyedWithoutCommitLeavesTheOldFileUntouched) {
    kit::write_file(target, old_bytes);
    const timespec before = modified(target);
    { io::open_file_sink(target, replace_old)->write(new_bytes); }
    EXPECT_EQ(kit::read_file(target), old_bytes);
    EXPECT_EQ(modified(target).tv_nsec, before.tv_nsec);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, ExistingFileIsRefusedWithoutTheFlag) {
    kit::write_file(target, old_bytes);
    const Error error = error_of_opening(target, keep_old);
    EXPECT_EQ(error.code(), ErrorCode::target_exists);
    EXPECT_EQ(error.context(), target.string());
    EXPECT_EQ(kit::read_file(target), old_bytes);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, ExistingFileIsReplacedWithTheFlagOnCommitOnly) {
    kit::write_file(target, old_bytes);
    const auto sink = io::open_file_sink(target, replace_old);
    sink->write(new_bytes);
    EXPECT_EQ(kit::read_file(target), old_bytes);
    sink->commit();
    EXPECT_EQ(kit::read_file(target), new_bytes);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, FileThatAppearsBeforeCommitIsNotReplacedWithoutTheFlag) {
    {
        const auto sink = io::open_file_sink(target, keep_old);
        sink->write(new_bytes);
        kit::write_file(target, old_bytes);
        EXPECT_EQ(kit::error_of([&] { sink->commit(); }).code(), ErrorCode::target_exists);
    }
    EXPECT_EQ(kit::read_file(target), old_bytes);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, FailedCommitLeavesNothing) {
    {
        const auto sink = io::open_file_sink(target, replace_old);
        fs::create_directories(target / "inside");
        EXPECT_EQ(kit::error_of([&] { sink->commit(); }).code(), ErrorCode::io_failed);
    }
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, RewritingReplacesBytesAndWritingGoesOnAtTheEnd) {
    const auto sink = io::open_file_sink(target, keep_old);
    sink->write(bytes_of("header pixels"));
    sink->rewrite(0, bytes_of("HEAD"));
    sink->write(bytes_of(" footer"));
    sink->rewrite(7, bytes_of("P"));
    EXPECT_EQ(sink->written(), 20U);
    sink->commit();
    EXPECT_EQ(kit::read_file(target), bytes_of("HEADer Pixels footer"));
}

TEST_F(FileSink, LargeOutputArrivesWhole) {
    const Bytes piece(5U << 20, std::byte{7});
    const auto sink = io::open_file_sink(target, keep_old);
    for (int i = 0; i < 9; ++i) sink->write(piece);
    sink->rewrite(0, bytes_of("start"));
    sink->commit();
    const Bytes written = kit::read_file(target);
    ASSERT_EQ(written.size(), 9 * piece.size());
    EXPECT_EQ(kit::truncated(written, 5), bytes_of("start"));
    EXPECT_EQ(std::count(written.begin(), written.end(), std::byte{7}),
              static_cast<std::ptrdiff_t>(written.size() - 5));
}

TEST_F(FileSink, TakesPermissionsAndTimeOfTheFileItIsMadeLike) {
    const fs::path original = folder / "original.mrc";
    kit::write_file(original, old_bytes);
    ASSERT_EQ(::chmod(original.c_str(), 0640), 0);
    const std::array<timespec, 2> times{{{1'000'000'000, 0}, {1'234'567'890, 987'654'321}}};
    ASSERT_EQ(::utimensat(AT_FDCWD, original.c_str(), times.data(), 0), 0);
    write_new(target, {.overwrite = false, .like = original});
    EXPECT_EQ(permissions_of(target), 0640U);
    EXPECT_EQ(modified(target).tv_sec, 1'234'567'890);
    EXPECT_EQ(modified(target).tv_nsec, 987'654'321);
}

TEST_F(FileSink, DoesNotTakeSpecialBitsOfTheFileItIsMadeLike) {
    const fs::path original = folder / "original.mrc";
    kit::write_file(original, old_bytes);
    ASSERT_EQ(::chmod(original.c_str(), 06755), 0);
    write_new(target, {.overwrite = false, .like = original});
    EXPECT_EQ(permissions_of(target), 0755U);
}

TEST_F(FileSink, NothingIsTakenFromWhatIsNoFile) {
    for (const fs::path& like : {folder / "absent.mrc", fs::path("/dev/null"), folder.path()}) {
        write_new(target, {.overwrite = true, .like = like});
        EXPECT_EQ(kit::read_file(target), new_bytes);
        EXPECT_EQ(permissions_of(target) & 0111, 0U);
        EXPECT_GT(modified(target).tv_sec, 1'600'000'000);
    }
}

TEST_F(FileSink, NameWithoutAFolderLiesInTheCurrentOne) {
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    write_new("out.mrcz", keep_old);
    fs::current_path(before);
    EXPECT_EQ(kit::read_file(target), new_bytes);
    EXPECT_EQ(names(), Names{"out.mrcz"});
}

TEST_F(FileSink, MissingFolderIsNotFound) {
    const Error error = error_of_opening(folder / "absent" / "out.mrcz", keep_old);
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.context(), (folder / "absent" / "out.mrcz").string());
}

TEST_F(FileSink, DirectoryIsRefused) {
    for (const auto& options : {keep_old, replace_old}) {
        const Error error = error_of_opening(folder.path(), options);
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(error.context(), folder.path().string());
    }
}

TEST_F(FileSink, NameThatNoFileSystemTakesIsAnError) {
    EXPECT_EQ(error_of_opening(folder / std::string(300, 'x'), keep_old).code(), ErrorCode::io_failed);
}

TEST_F(FileSink, LongestNameOfAFileSystemIsFine) {
    const fs::path longest = folder / std::string(255, 'x');
    write_new(longest, keep_old);
    EXPECT_EQ(kit::read_file(longest), new_bytes);
}

TEST_F(FileSink, LinkIsWrittenThrough) {
    const fs::path link = folder / "link.mrcz";
    fs::create_directory(folder / "elsewhere");
    kit::write_file(folder / "elsewhere" / "out.mrcz", old_bytes);
    fs::create_symlink("elsewhere/out.mrcz", link);
    EXPECT_EQ(error_of_opening(link, keep_old).code(), ErrorCode::target_exists);
    write_new(link, replace_old);
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_FALSE(fs::is_symlink(folder / "elsewhere" / "out.mrcz"));
    EXPECT_EQ(kit::read_file(folder / "elsewhere" / "out.mrcz"), new_bytes);
}

TEST_F(FileSink, LinkToAMissingFileIsWrittenThrough) {
    const fs::path link = folder / "link.mrcz";
    fs::create_symlink("next.mrcz", link);
    fs::create_symlink("out.mrcz", folder / "next.mrcz");
    write_new(link, keep_old);
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(target)));
    EXPECT_EQ(kit::read_file(link), new_bytes);
}

TEST_F(FileSink, LinkToItselfIsAnError) {
    fs::create_symlink("link.mrcz", folder / "link.mrcz");
    EXPECT_EQ(error_of_opening(folder / "link.mrcz", replace_old).code(), ErrorCode::io_failed);
    EXPECT_EQ(names(), Names{"link.mrcz"});
}

TEST_F(FileSink, DeviceIsWrittenToAndStaysADevice) {
    for (const auto& options : {keep_old, replace_old}) {
        const auto sink = io::open_file_sink("/dev/null", options);
        sink->write(new_bytes);
        sink->rewrite(0, old_bytes);
        EXPECT_EQ(sink->written(), new_bytes.size());
        sink->commit();
        EXPECT_TRUE(fs::is_character_file("/dev/null"));
    }
}

TEST_F(FileSink, FifoIsWrittenTo) {
    ASSERT_EQ(::mkfifo(target.c_str(), 0600), 0);
    Bytes arrived;
    std::thread reader([&] {
        const auto stream = io::open_file_stream(target);
        arrived = drained(*stream);
    });
    write_new(target, keep_old);
    reader.join();
    EXPECT_EQ(arrived, new_bytes);
    EXPECT_TRUE(fs::is_fifo(target));
}

TEST_F(FileSink, NameOfAPipeThatIsOpenIsWrittenTo) {
    std::array<int, 2> ends{-1, -1};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const io::Descriptor out(ends[0]), in(ends[1]);
    write_new("/proc/self/fd/" + std::to_string(in.get()), keep_old);  // what /dev/stdout leads to
    Bytes arrived(100);
    arrived.resize(io::read_some(out.get(), arrived));
    EXPECT_EQ(arrived, new_bytes);
}

TEST_F(FileSink, OpenFileWithoutANameIsAnError) {
    const io::Descriptor nameless = io::open_anonymous_file();
    const fs::path path = "/proc/self/fd/" + std::to_string(nameless.get());
    EXPECT_EQ(error_of_opening(path, keep_old).code(), ErrorCode::target_exists);
    EXPECT_EQ(error_of_opening(path, replace_old).code(), ErrorCode::not_found);
}

TEST_F(FileSink, SocketIsAnErrorThatSaysWhy) {
    const io::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = target.string();
    ASSERT_LT(path.size(), sizeof address.sun_path);
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const Error error = error_of_opening(target, replace_old);
    EXPECT_EQ(error.code(), ErrorCode::io_failed);
    EXPECT_EQ(error.message(), "cannot open for writing: No such device or address");
}

}  // namespace mrcz::io_test
