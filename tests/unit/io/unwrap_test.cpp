#include "io/unwrap.hpp"

#include <gtest/gtest.h>

#include "kit/wrappers.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {

TEST(Wrapper, IsRecognisedByItsFirstBytes) {
    EXPECT_EQ(io::wrapper_of(bytes_of("\x1f\x8b\x08\x04")), io::unwrap_gzip);
    EXPECT_EQ(io::wrapper_of(bytes_of("BZh9")), io::unwrap_bzip2);
    EXPECT_EQ(io::wrapper_of(bytes_of("BZh")), io::unwrap_bzip2);
    EXPECT_EQ(io::wrapper_of(bytes_of("\x28\xb5\x2f\xfd")), io::unwrap_zstd);
    EXPECT_EQ(io::wrapper_of(bytes_of("\x50\x2a\x4d\x18")), io::unwrap_zstd);
    EXPECT_EQ(io::wrapper_of(bytes_of("\x5f\x2a\x4d\x18")), io::unwrap_zstd);
}

TEST(Wrapper, OtherBytesHaveNone) {
    for (const auto* text : {"", "\x1f", "\x1f\x8b", "BZ", "\x1f\x8b\x07\x04", "BZ09", "PK\x03\x04", "\x28\xb5\x2f\xfe",
                             "\x60\x2a\x4d\x18"})
        EXPECT_EQ(io::wrapper_of(bytes_of(text)), nullptr) << text;
}

TEST(Unwrapped, TakesAnyWrapperOff) {
    const Bytes bytes = bytes_of("pixels and pixels and pixels");
    EXPECT_EQ(drained(*io::unwrapped(dribbling(kit::gzipped(bytes), 1))), bytes);
    EXPECT_EQ(drained(*io::unwrapped(dribbling(kit::bzipped(bytes), 1))), bytes);
    EXPECT_EQ(drained(*io::unwrapped(dribbling(kit::zstd_wrapped(bytes), 1))), bytes);
}

TEST(Unwrapped, LeavesOtherStreamsAlone) {
    for (const auto* text : {"", "1", "BZ", "plain bytes, many of them"})
        EXPECT_EQ(drained(*io::unwrapped(dribbling(bytes_of(text), 1))), bytes_of(text));
}

TEST(Unwrapped, TakesOneWrapperOffOnly) {
    const Bytes once = kit::gzipped(bytes_of("pixels"));
    EXPECT_EQ(drained(*io::unwrapped(dribbling(kit::gzipped(once)))), once);
}

}  // namespace mrcz::io_test
