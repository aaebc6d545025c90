#include "io/sources.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"
#include "kit/wrappers.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

Bytes whole(const ByteSource& source) {
    Bytes bytes(source.size());
    source.read_at(0, bytes);
    return bytes;
}

}  // namespace

TEST(SpooledSource, HasTheBytesAndTheNameOfItsStream) {
    const Bytes bytes = kit::make_noise(3'000'000);
    const auto source = io::spooled(*dribbling(bytes, 100'000));
    EXPECT_EQ(source->name(), "dribble");
    EXPECT_EQ(whole(*source), bytes);
    EXPECT_EQ(whole(*io::spooled(*dribbling({}))), Bytes());
}

TEST(SpooledSource, EndsWhenItIsCancelled) {
    CancelToken cancel;
    cancel.cancel();
    const Error error = kit::error_of([&] { (void)io::spooled(*dribbling(kit::make_noise(1000)), &cancel); });
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
}

TEST(UnwrappedSource, UnwrappingEndsWhenItIsCancelled) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "a.mrc.gz", kit::gzipped(kit::make_noise(1000)));
    CancelToken cancel;
    cancel.cancel();
    const Error error = kit::error_of([&] { (void)io::open_unwrapped_source(folder / "a.mrc.gz", &cancel); });
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
}

TEST(SpooledSource, TakesOnlyTheRestOfAStream) {
    const auto stream = dribbling(bytes_of("0123456789"));
    Bytes start(4);
    ASSERT_EQ(io::read_up_to(*stream, start), 4U);
    EXPECT_EQ(whole(*io::spooled(*stream)), bytes_of("456789"));
}

TEST(UnwrappedSource, PlainFileIsReadWhereItLies) {
    const kit::TemporaryFolder folder;
    for (const auto* text : {"", "BZ", "plain bytes"}) {
        kit::write_file(folder / "a.mrc", bytes_of(text));
        const auto source = io::open_unwrapped_source(folder / "a.mrc");
        EXPECT_EQ(whole(*source), bytes_of(text));
        EXPECT_EQ(source->name(), (folder / "a.mrc").string());
    }
}

TEST(UnwrappedSource, WrappedFileIsUnwrappedWhateverItsName) {
    const kit::TemporaryFolder folder;
    const Bytes bytes = kit::make_pixels(PixelType::int16, 40'000);
    for (const auto wrap : {kit::gzipped, kit::bzipped, kit::zstd_wrapped}) {
        kit::write_file(folder / "a.mrc", wrap(bytes));
        const auto source = io::open_unwrapped_source(folder / "a.mrc");
        EXPECT_EQ(whole(*source), bytes);
        EXPECT_EQ(source->name(), (folder / "a.mrc").string());
    }
}

TEST(UnwrappedSource, DamagedWrapperNamesTheFile) {
    const kit::TemporaryFolder folder;
    const Bytes wrapped = kit::gzipped(kit::make_pixels(PixelType::int16, 1000));
    kit::write_file(folder / "a.mrc.gz", kit::truncated(wrapped, wrapped.size() / 2));
    const Error error = kit::error_of([&] { (void)io::open_unwrapped_source(folder / "a.mrc.gz"); });
    EXPECT_EQ(error.code(), ErrorCode::truncated);
    EXPECT_EQ(error.context(), (folder / "a.mrc.gz").string());
}

TEST(UnwrappedSource, MissingFileIsNotFoundAndNamed) {
    const kit::TemporaryFolder folder;
    const Error error = kit::error_of([&] { (void)io::open_unwrapped_source(folder / "absent.mrc"); });
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.context(), (folder / "absent.mrc").string());
}

TEST(SourceStream, BeginsAtAnyOffsetAndCountsTheWholeSource) {
    const Bytes bytes = bytes_of("0123456789");
    for (const std::size_t offset : {0, 1, 9, 10, 11}) {
        const auto stream = io::stream_of(make_memory_source(bytes, "memory"), offset);
        EXPECT_EQ(stream->size(), 10U);
        EXPECT_EQ(stream->name(), "memory");
        Bytes read(20);
        read.resize(io::read_up_to(*stream, read));
        EXPECT_EQ(read,
                  Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(offset, 10)), bytes.end()));
    }
}

}  // namespace mrcz::io_test
