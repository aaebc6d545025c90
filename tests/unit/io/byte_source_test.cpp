#include "mrcz/byte_source.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>
#include <vector>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

Bytes read(const ByteSource& source, std::uint64_t offset, std::size_t count) {
    Bytes bytes(count);
    source.read_at(offset, bytes);
    return bytes;
}

/// Ten bytes, in a file and in memory.
struct TenBytes {
    kit::TemporaryFolder folder;
    std::vector<std::unique_ptr<ByteSource>> sources;

    TenBytes() {
        kit::write_file(folder / "ten.bin", bytes_of("0123456789"));
        sources.push_back(open_file_source(folder / "ten.bin"));
        sources.push_back(make_memory_source(bytes_of("0123456789"), "memory"));
    }
};

}  // namespace

TEST(ByteSource, GivesTheBytesOfItsRange) {
    const TenBytes ten;
    for (const auto& source : ten.sources) {
        EXPECT_EQ(source->size(), 10U);
        EXPECT_EQ(read(*source, 0, 10), bytes_of("0123456789"));
        EXPECT_EQ(read(*source, 3, 4), bytes_of("3456"));
        EXPECT_EQ(read(*source, 9, 1), bytes_of("9"));
        EXPECT_EQ(read(*source, 10, 0), Bytes());
    }
}

TEST(ByteSource, ReadingPastTheEndIsTruncatedAndSaysWhere) {
    const TenBytes ten;
    const auto expect_truncated = [](const ByteSource& source, std::uint64_t offset, std::size_t count,
                                     std::string_view message) {
        const Error error = kit::error_of([&] { (void)read(source, offset, count); });
        EXPECT_EQ(error.code(), ErrorCode::truncated) << error.what();
        EXPECT_EQ(error.message(), message);
    };
    for (const auto& source : ten.sources) {
        expect_truncated(*source, 8, 3, "offset 0x8: needs 3 bytes, but the file ends at 0xa");
        expect_truncated(*source, 10, 1, "offset 0xa: needs 1 bytes, but the file ends at 0xa");
        expect_truncated(*source, 0, 11, "offset 0x0: needs 11 bytes, but the file ends at 0xa");
        expect_truncated(*source, 100, 4, "offset 0x64: needs 4 bytes, but the file ends at 0xa");
        expect_truncated(*source, std::numeric_limits<std::int64_t>::max(), 4,
                         "offset 0x7fffffffffffffff: needs 4 bytes, but the file ends at 0xa");
        expect_truncated(*source, std::numeric_limits<std::uint64_t>::max(), 4,
                         "offset 0xffffffffffffffff: needs 4 bytes, but the file ends at 0xa");
    }
}

TEST(ByteSource, IsReadFromSeveralThreads) {
    const TenBytes ten;
    for (const auto& source : ten.sources) {
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (std::uint64_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 200; ++i)
                    if (read(*source, t, 6) != bytes_of(std::string_view("0123456789").substr(t, 6))) ++wrong;
            });
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(wrong, 0);
    }
}

TEST(FileSource, FileThatIsCutWhileItIsOpenTellsBothSizes) {
    const TenBytes ten;
    std::filesystem::resize_file(ten.folder / "ten.bin", 4);
    for (const std::uint64_t offset : {0, 6}) {
        const Error error = kit::error_of([&] { (void)read(*ten.sources[0], offset, 4 + 1); });
        EXPECT_EQ(error.code(), ErrorCode::truncated);
        EXPECT_NE(error.message().find("ends at 0x4"), std::string::npos) << error.message();
        EXPECT_NE(error.message().find("from 10 to 4 bytes while it was open"), std::string::npos) << error.message();
    }
}

TEST(FileSource, IsNamedByItsPath) {
    const TenBytes ten;
    EXPECT_EQ(ten.sources[0]->name(), (ten.folder / "ten.bin").string());
    EXPECT_EQ(ten.sources[1]->name(), "memory");
}

TEST(FileSource, MissingFileIsNotFoundAndNamed) {
    const kit::TemporaryFolder folder;
    const Error error = kit::error_of([&] { (void)open_file_source(folder / "absent.mrc"); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.context(), (folder / "absent.mrc").string());
}

TEST(FileSource, DirectoryIsRefused) {
    const kit::TemporaryFolder folder;
    const Error error = kit::error_of([&] { (void)open_file_source(folder.path()); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error.context(), folder.path().string());
}

TEST(FileSource, FileCutWhileOpenIsTruncated) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "a.bin", Bytes(100));
    const auto source = open_file_source(folder / "a.bin");
    std::filesystem::resize_file(folder / "a.bin", 40);
    EXPECT_EQ(read(*source, 0, 40).size(), 40U);
    const Error error = kit::error_of([&] { (void)read(*source, 30, 20); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_EQ(
        error.message(),
        "offset 0x1e: needs 20 bytes, but the file ends at 0x28: another program cut it from 100 to 40 bytes while "
        "it was open");
}

}  // namespace mrcz::io_test
