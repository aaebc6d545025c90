#include "io/byte_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "io/descriptor.hpp"
#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {

TEST(ReadUpTo, FillsAcrossShortReads) {
    const auto stream = dribbling(bytes_of("0123456789"), 3);
    Bytes piece(7);
    EXPECT_EQ(io::read_up_to(*stream, piece), 7U);
    EXPECT_EQ(piece, bytes_of("0123456"));
}

TEST(ReadUpTo, StopsAtTheEnd) {
    const auto stream = dribbling(bytes_of("0123456789"), 3);
    Bytes piece(64);
    EXPECT_EQ(io::read_up_to(*stream, piece), 10U);
    EXPECT_EQ(kit::truncated(piece, 10), bytes_of("0123456789"));
    EXPECT_EQ(io::read_up_to(*stream, piece), 0U);
    EXPECT_EQ(io::read_up_to(*stream, {}), 0U);
}

TEST(FileStream, GivesTheWholeFileAndKnowsItsSize) {
    const kit::TemporaryFolder folder;
    Bytes bytes(5000);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % 251);
    kit::write_file(folder / "a.bin", bytes);
    const auto stream = io::open_file_stream(folder / "a.bin");
    EXPECT_EQ(stream->size(), 5000U);
    EXPECT_EQ(stream->name(), (folder / "a.bin").string());
    EXPECT_EQ(drained(*stream), bytes);
    EXPECT_EQ(stream->size(), 5000U);
}

TEST(FileStream, MissingFileIsNotFoundAndNamed) {
    const kit::TemporaryFolder folder;
    const Error error = kit::error_of([&] { (void)io::open_file_stream(folder / "absent.mrc"); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.context(), (folder / "absent.mrc").string());
}

TEST(FileStream, DirectoryIsRefused) {
    const kit::TemporaryFolder folder;
    EXPECT_EQ(kit::error_of([&] { (void)io::open_file_stream(folder.path()); }).code(), ErrorCode::invalid_argument);
}

TEST(DescriptorStream, ReadsAPipeToItsEnd) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const io::Descriptor out(ends[0]);
    io::Descriptor in(ends[1]);
    io::write_all(in.get(), bytes_of("through a pipe"));
    in.close();
    const auto stream = io::make_descriptor_stream(out.get(), "standard input");
    EXPECT_EQ(stream->size(), std::nullopt);
    EXPECT_EQ(stream->name(), "standard input");
    EXPECT_EQ(drained(*stream, 4), bytes_of("through a pipe"));
}

TEST(DescriptorStream, CallsIdleWhileAPipeIsSilent) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const io::Descriptor out(ends[0]);
    io::Descriptor in(ends[1]);
    int calls = 0;
    const auto stream = io::make_descriptor_stream(out.get(), "pipe", nullptr, [&] {
        if (++calls < 2) return;
        io::write_all(in.get(), bytes_of("at last"));
        in.close();
    });
    EXPECT_EQ(drained(*stream), bytes_of("at last"));
    EXPECT_EQ(calls, 2);
}

TEST(DescriptorStream, CountsFromWhereTheFileStandsAndLeavesItOpen) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "a.bin", bytes_of("0123456789"));
    const io::Descriptor file = io::open_for_reading(folder / "a.bin");
    ASSERT_EQ(::lseek(file.get(), 4, SEEK_SET), 4);
    {
        const auto stream = io::make_descriptor_stream(file.get(), "standard input");
        EXPECT_EQ(stream->size(), 6U);
        EXPECT_EQ(drained(*stream), bytes_of("456789"));
    }
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 10);
}

TEST(DescriptorStream, ClosedDescriptorIsAnErrorWhenRead) {
    const auto stream = io::make_descriptor_stream(-1, "nothing");
    EXPECT_EQ(kit::error_of([&] { (void)drained(*stream); }).code(), ErrorCode::io_failed);
}

TEST(PrefixedStream, GivesThePrefixThenTheRest) {
    for (const std::size_t at_once : {1, 2, 3, 64}) {
        const auto stream = io::with_prefix(bytes_of("abc"), dribbling(bytes_of("defgh"), 2));
        EXPECT_EQ(stream->name(), "dribble");
        EXPECT_EQ(stream->size(), std::nullopt);
        EXPECT_EQ(drained(*stream, at_once), bytes_of("abcdefgh"));
    }
}

TEST(PrefixedStream, EmptyPrefixOrEmptyRestIsFine) {
    EXPECT_EQ(drained(*io::with_prefix({}, dribbling(bytes_of("rest")))), bytes_of("rest"));
    EXPECT_EQ(drained(*io::with_prefix(bytes_of("prefix"), dribbling({}))), bytes_of("prefix"));
    EXPECT_EQ(drained(*io::with_prefix({}, dribbling({}))), Bytes());
}

TEST(PrefixedStream, SizeIsThatOfTheWholeFile) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "a.bin", bytes_of("0123456789"));
    auto file = io::open_file_stream(folder / "a.bin");
    Bytes start(4);
    ASSERT_EQ(io::read_up_to(*file, start), 4U);
    const auto whole = io::with_prefix(start, std::move(file));
    EXPECT_EQ(whole->size(), 10U);
    EXPECT_EQ(drained(*whole), bytes_of("0123456789"));
}

}  // namespace mrcz::io_test
