#include "io/inflating_stream.hpp"

#include <gtest/gtest.h>

#include "io/unwrap.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"
#include "kit/wrappers.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

struct Format {
    const char* name;
    Bytes (*wrap)(std::span<const std::byte>);
    io::Unwrap unwrap;
};

class InflatingStream : public testing::TestWithParam<Format> {
  protected:
    static Bytes wrap(Bytes bytes) {
        bytes.reserve(1);  // libbz2 wants an address even of nothing
        return GetParam().wrap(bytes);
    }
    static Bytes unwrap(const Bytes& bytes, std::size_t in_at_once = 100, std::size_t out_at_once = 777) {
        return drained(*GetParam().unwrap(dribbling(bytes, in_at_once)), out_at_once);
    }
};

INSTANTIATE_TEST_SUITE_P(Formats, InflatingStream,
                         testing::Values(Format{"gzip", kit::gzipped, io::unwrap_gzip},
                                         Format{"bzip2", kit::bzipped, io::unwrap_bzip2},
                                         Format{"zstd", kit::zstd_wrapped, io::unwrap_zstd}),
                         [](const auto& test) { return test.param.name; });

}  // namespace

TEST_P(InflatingStream, GivesTheBytesThatWereWrapped) {
    for (const std::size_t size : {0, 1, 100, 70'000}) {
        const Bytes bytes = kit::make_pixels(PixelType::uint8, size);
        const Bytes wrapped = wrap(bytes);
        EXPECT_EQ(unwrap(wrapped, 1, 4096), bytes);
        EXPECT_EQ(unwrap(wrapped, 4096, 1), bytes);
    }
}

TEST_P(InflatingStream, CrossesItsInputBuffer) {
    const Bytes noise = kit::make_noise(1'500'000);
    EXPECT_EQ(unwrap(wrap(noise), 1 << 20, 1 << 20), noise);
    const Bytes zeros(5'000'000);
    EXPECT_EQ(unwrap(wrap(zeros), 1 << 20, 1 << 20), zeros);
}

TEST_P(InflatingStream, MembersFollowEachOther) {
    const Bytes first = bytes_of("first member, "), second = bytes_of("second member");
    const Bytes empty = wrap({});
    const Bytes members = joined(joined(joined(wrap(first), empty), wrap(second)), empty);
    for (const std::size_t at_once : {1, 3, 1000}) EXPECT_EQ(unwrap(members, at_once), joined(first, second));
}

TEST_P(InflatingStream, ZerosBehindTheLastMemberArePadding) {
    const Bytes first = bytes_of("all there is");
    for (const std::size_t zeros : {1, 511, 300000})
        EXPECT_EQ(unwrap(joined(wrap(first), Bytes(zeros)), 1000), first) << zeros;
}

TEST_P(InflatingStream, FileCutAnywhereIsAnError) {
    const Bytes wrapped = wrap(kit::make_pixels(PixelType::int16, 300));
    for (std::size_t length = 0; length < wrapped.size(); ++length) {
        const Error error = kit::error_of([&] { (void)unwrap(kit::truncated(wrapped, length)); });
        EXPECT_EQ(error.code(), ErrorCode::truncated) << length << ": " << error.what();
    }
}

TEST_P(InflatingStream, LastMemberCutAnywhereIsAnError) {
    const Bytes first = wrap(bytes_of("first"));
    const Bytes members = joined(first, wrap(bytes_of("second")));
    EXPECT_EQ(unwrap(kit::truncated(members, first.size())), bytes_of("first"));
    for (std::size_t length = first.size() + 1; length < members.size(); ++length) {
        const Error error = kit::error_of([&] { (void)unwrap(kit::truncated(members, length)); });
        EXPECT_EQ(error.code(), ErrorCode::truncated) << length << ": " << error.what();
    }
}

TEST_P(InflatingStream, FlippedBitNeverGivesOtherBytes) {
    const Bytes bytes = kit::make_pixels(PixelType::int16, 100);
    const Bytes wrapped = wrap(bytes);
    for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
        std::string why_not;
        const auto read = [&] { EXPECT_EQ(unwrap(kit::with_flipped_bit(wrapped, bit)), bytes) << "bit " << bit; };
        EXPECT_TRUE(kit::survives(read, &why_not)) << "bit " << bit << ": " << why_not;
    }
}

TEST_P(InflatingStream, GarbageBehindTheLastMemberIsCorrupt) {
    const Bytes wrapped = joined(wrap(bytes_of("pixels")), bytes_of("something else entirely"));
    const Error error = kit::error_of([&] { (void)unwrap(wrapped); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(error.message().find(GetParam().name), std::string::npos);
}

TEST_P(InflatingStream, HasTheNameOfItsFileAndNoSize) {
    const auto stream = GetParam().unwrap(dribbling(wrap(bytes_of("pixels"))));
    EXPECT_EQ(stream->name(), "dribble");
    EXPECT_EQ(stream->size(), std::nullopt);
}

TEST(ZstdStream, SkippableFramesAreSkipped) {
    const Bytes skippable = bytes_of(std::string_view("\x53\x2a\x4d\x18\x05\0\0\0notes", 13));
    const Bytes frames = joined(joined(joined(skippable, kit::zstd_wrapped(bytes_of("pix"))), skippable),
                                kit::zstd_wrapped(bytes_of("els")));
    for (const std::size_t at_once : {1, 3, 1000})
        EXPECT_EQ(drained(*io::unwrap_zstd(dribbling(frames, at_once)), 777), bytes_of("pixels"));
}

TEST(ZstdStream, ChecksumThatDoesNotHoldIsCorrupt) {
    Bytes wrapped = kit::zstd_wrapped(kit::make_noise(1000));
    wrapped.back() ^= std::byte{1};
    const Error error = kit::error_of([&] { (void)drained(*io::unwrap_zstd(dribbling(wrapped)), 777); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(error.message().find("checksum"), std::string::npos) << error.message();
}

TEST(ZstdStream, WindowBeyondTwoGibibytesIsRefused) {
    // Frame header: magic, descriptor 0, window descriptor with exponent 10 + 22.
    const Bytes header = bytes_of(std::string_view("\x28\xb5\x2f\xfd\0\xb0\0\0\0\0\0\0", 12));
    const Error error = kit::error_of([&] { (void)drained(*io::unwrap_zstd(dribbling(header)), 777); });
    EXPECT_EQ(error.code(), ErrorCode::limit_exceeded) << error.what();
}

TEST(ZstdStream, OutputThatIsLeftWhenTheInputEndsIsGiven) {
    const Bytes zeros(1'000'000);  // a few dozen bytes of input
    EXPECT_EQ(drained(*io::unwrap_zstd(dribbling(kit::zstd_wrapped(zeros), 1000)), 1000), zeros);
}

}  // namespace mrcz::io_test
