#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"
#include "kit/damage.hpp"
#include "unit/io/streams.hpp"

namespace mrcz::io_test {
namespace {

/// A pipe whose reading end never waits.
struct Pipe {
    io::Descriptor out, in;

    Pipe() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        out = io::Descriptor(ends[0]);
        in = io::Descriptor(ends[1]);
        ::fcntl(out.get(), F_SETFL, O_NONBLOCK);
    }

    [[nodiscard]] Bytes arrived() const {
        Bytes bytes(4096);
        const ssize_t got = ::read(out.get(), bytes.data(), bytes.size());
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
};

}  // namespace

TEST(DescriptorSink, StraightOneSendsAtOnce) {
    const Pipe pipe;
    const auto sink = io::make_descriptor_sink(pipe.in.get(), false);
    sink->write(bytes_of("one"));
    EXPECT_EQ(pipe.arrived(), bytes_of("one"));
    sink->write(bytes_of("two"));
    EXPECT_EQ(sink->written(), 6U);
    sink->commit();
    EXPECT_EQ(pipe.arrived(), bytes_of("two"));
}

TEST(DescriptorSink, StraightOneCannotBeRewritten) {
    const Pipe pipe;
    const auto sink = io::make_descriptor_sink(pipe.in.get(), false);
    EXPECT_FALSE(sink->can_rewrite());
    EXPECT_TRUE(io::make_descriptor_sink(pipe.in.get(), true)->can_rewrite());
    sink->write(bytes_of("one"));
    EXPECT_EQ(kit::error_of([&] { sink->rewrite(0, bytes_of("O")); }).code(), ErrorCode::internal);
}

TEST(DescriptorSink, RewritableOneSendsRewrittenBytesOnCommit) {
    const Pipe pipe;
    const auto sink = io::make_descriptor_sink(pipe.in.get(), true);
    sink->write(bytes_of("header"));
    sink->write(bytes_of(" pixels"));
    sink->rewrite(0, bytes_of("HEAD"));
    sink->write(bytes_of(" end"));
    EXPECT_EQ(pipe.arrived(), Bytes());
    EXPECT_EQ(sink->written(), 17U);
    sink->commit();
    EXPECT_EQ(pipe.arrived(), bytes_of("HEADer pixels end"));
}

TEST(DescriptorSink, RewritableOneSendsNothingWithoutCommit) {
    const Pipe pipe;
    {
        const auto sink = io::make_descriptor_sink(pipe.in.get(), true);
        sink->write(bytes_of("never"));
    }
    EXPECT_EQ(pipe.arrived(), Bytes());
}

TEST(DescriptorSink, DescriptorStaysTheCallers) {
    const Pipe pipe;
    for (const bool rewritable : {false, true}) {
        const auto sink = io::make_descriptor_sink(pipe.in.get(), rewritable);
        sink->commit();
    }
    EXPECT_GE(::fcntl(pipe.in.get(), F_GETFD), 0);
}

TEST(DescriptorSink, ReaderThatWentAwayIsAnError) {
    const auto old = std::signal(SIGPIPE, SIG_IGN);
    for (const bool rewritable : {false, true}) {
        Pipe pipe;
        pipe.out.close();
        const auto sink = io::make_descriptor_sink(pipe.in.get(), rewritable);
        const auto send = [&] {
            sink->write(bytes_of("anyone?"));
            sink->commit();
        };
        EXPECT_EQ(kit::error_of(send).code(), ErrorCode::io_failed);
    }
    std::signal(SIGPIPE, old);
}

}  // namespace mrcz::io_test
