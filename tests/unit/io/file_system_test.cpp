#include "io/file_system.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {

TEST(DiskFile, WritesReadsAndCutsInPlace) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "file", bytes_of("0123456789"));
    const auto file = io::disk().open_locked(folder / "file");
    file->write_at(8, bytes_of("abcd"));
    EXPECT_EQ(file->size(), 12U);
    Bytes got(4);
    EXPECT_EQ(file->read_at(10, got), 2U);
    file->cut_to(9);
    file->sync();
    EXPECT_EQ(kit::read_file(folder / "file"), bytes_of("01234567a"));
    EXPECT_EQ(io::source_of(file)->size(), 9U);
    EXPECT_EQ(kit::error_of([&] { io::source_of(file)->read_at(8, got); }).code(), ErrorCode::truncated);
}

TEST(DiskFile, SecondOneThatLocksIsRefusedUntilTheFirstIsClosed) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "file", bytes_of("x"));
    auto first = io::disk().open_locked(folder / "file");
    const Error error = kit::error_of([&] { (void)io::disk().open_locked(folder / "file"); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error.context(), (folder / "file").string());
    first.reset();
    EXPECT_NO_THROW((void)io::disk().open_locked(folder / "file"));
}

TEST(DiskFile, KnowsWhetherItsNameStillLeadsToIt) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "file", bytes_of("x"));
    const auto file = io::disk().open_locked(folder / "file");
    EXPECT_TRUE(file->is_at(folder / "file"));
    std::filesystem::rename(folder / "file", folder / "moved");
    EXPECT_FALSE(file->is_at(folder / "file"));
    EXPECT_TRUE(file->is_at(folder / "moved"));
    kit::write_file(folder / "file", bytes_of("x"));
    EXPECT_FALSE(file->is_at(folder / "file"));
}

TEST(Disk, HeldLockKeepsWritersAway) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "file", bytes_of("x"));
    EXPECT_FALSE(io::is_locked(folder / "file"));
    {
        const auto held = io::hold_lock(folder / "file");
        EXPECT_TRUE(io::is_locked(folder / "file"));
        EXPECT_EQ(kit::error_of([&] { (void)io::disk().open_locked(folder / "file"); }).code(),
                  ErrorCode::invalid_argument);
        EXPECT_EQ(kit::error_of([&] { (void)io::hold_lock(folder / "file"); }).code(), ErrorCode::invalid_argument);
    }
    EXPECT_NO_THROW((void)io::disk().open_locked(folder / "file"));
    EXPECT_EQ(kit::error_of([&] { (void)io::hold_lock(folder / "none"); }).code(), ErrorCode::not_found);
    EXPECT_FALSE(io::is_locked(folder / "none"));
}

TEST(DiskFile, OnlyRegularFilesAreOpened) {
    const kit::TemporaryFolder folder;
    EXPECT_EQ(kit::error_of([&] { (void)io::disk().open_locked(folder / "none"); }).code(), ErrorCode::not_found);
    EXPECT_EQ(kit::error_of([&] { (void)io::disk().open_locked("/dev/null"); }).code(), ErrorCode::invalid_argument);
}

TEST(Disk, NewFileIsNoMoreReadableThanTheOneItIsLike) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "secret", bytes_of("x"));
    ASSERT_EQ(::chmod((folder / "secret").c_str(), 0600), 0);
    io::disk().create(folder / "new", folder / "secret")->write_at(0, bytes_of("y"));
    struct stat status {};
    ASSERT_EQ(::stat((folder / "new").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(Disk, MissingFileIsNoSourceAndMayBeRemoved) {
    const kit::TemporaryFolder folder;
    EXPECT_EQ(io::disk().open_source(folder / "none"), nullptr);
    EXPECT_NO_THROW(io::disk().remove(folder / "none"));
    kit::write_file(folder / "file", bytes_of("x"));
    io::disk().remove(folder / "file");
    io::disk().sync_folder_of(folder / "file");
    EXPECT_FALSE(std::filesystem::exists(folder / "file"));
}

}  // namespace mrcz::io_test
