#include "io/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

/// TMPDIR for as long as it lives.
class TemporaryFolderOfTheSystem {
  public:
    explicit TemporaryFolderOfTheSystem(const std::string& path) {
        if (const char* old = std::getenv("TMPDIR")) old_ = old;
        ::setenv("TMPDIR", path.c_str(), 1);
    }
    ~TemporaryFolderOfTheSystem() {
        if (old_) {
            ::setenv("TMPDIR", old_->c_str(), 1);
        } else {
            ::unsetenv("TMPDIR");
        }
    }
    TemporaryFolderOfTheSystem(const TemporaryFolderOfTheSystem&) = delete;
    TemporaryFolderOfTheSystem& operator=(const TemporaryFolderOfTheSystem&) = delete;

  private:
    std::optional<std::string> old_;
};

}  // namespace

TEST(Descriptor, ClosesItself) {
    int number = -1;
    {
        const io::Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        number = file.get();
        ASSERT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, MovingHandsItOver) {
    io::Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const int number = first.get();
    io::Descriptor second(std::move(first));
    EXPECT_EQ(second.get(), number);
    io::Descriptor third;
    third = std::move(second);
    EXPECT_EQ(third.get(), number);
    EXPECT_TRUE(is_open(number));
    third.close();
    EXPECT_EQ(third.get(), -1);
    EXPECT_FALSE(is_open(number));
    third.close();
}

TEST(Descriptor, ReadAtGivesWhatThereIs) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "a.bin", bytes_of("0123456789"));
    const io::Descriptor file = io::open_for_reading(folder / "a.bin");
    Bytes piece(6);
    EXPECT_EQ(io::read_at(file.get(), 2, piece), 6U);
    EXPECT_EQ(piece, bytes_of("234567"));
    EXPECT_EQ(io::read_at(file.get(), 7, piece), 3U);
    EXPECT_EQ(io::read_at(file.get(), 10, piece), 0U);
    EXPECT_EQ(io::read_at(file.get(), 1000, piece), 0U);
}

TEST(Descriptor, FailedCallsAreErrors) {
    Bytes piece(4);
    EXPECT_EQ(kit::error_of([&] { (void)io::read_some(-1, piece); }).code(), ErrorCode::io_failed);
    EXPECT_EQ(kit::error_of([&] { (void)io::read_at(-1, 0, piece); }).code(), ErrorCode::io_failed);
    EXPECT_EQ(kit::error_of([&] { io::write_all(-1, piece); }).code(), ErrorCode::io_failed);
    EXPECT_EQ(kit::error_of([&] { io::write_all_at(-1, 0, piece); }).code(), ErrorCode::io_failed);
}

TEST(Descriptor, FullDiskIsAnError) {
    const io::Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    if (full.get() < 0) GTEST_SKIP() << "no /dev/full here";
    const Error error = kit::error_of([&] { io::write_all(full.get(), Bytes(10)); });
    EXPECT_EQ(error.code(), ErrorCode::io_failed);
    EXPECT_EQ(error.message(), "cannot write: No space left on device");
}

TEST(AnonymousFile, HoldsBytesAndHasNoName) {
    const kit::TemporaryFolder folder;
    const TemporaryFolderOfTheSystem here(folder.path().string());
    const io::Descriptor file = io::open_anonymous_file();
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    io::write_all(file.get(), bytes_of("spool"));
    io::write_all_at(file.get(), 1, bytes_of("TILL"));
    Bytes piece(5);
    EXPECT_EQ(io::read_at(file.get(), 0, piece), 5U);
    EXPECT_EQ(piece, bytes_of("sTILL"));
}

TEST(AnonymousFile, MissingTemporaryFolderIsAnError) {
    const kit::TemporaryFolder folder;
    const TemporaryFolderOfTheSystem nowhere((folder / "absent").string());
    const Error error = kit::error_of([] { (void)io::open_anonymous_file(); });
    EXPECT_EQ(error.code(), ErrorCode::io_failed);
}

}  // namespace mrcz::io_test
