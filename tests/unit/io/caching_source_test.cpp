#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "kit/counting_source.hpp"
#include "kit/images.hpp"
#include "mrcz/byte_source.hpp"
#include "mrcz/error.hpp"

namespace mrcz::io_test {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// Noise behind a cache, and a count of what reached it.
struct FarFile {
    explicit FarFile(std::size_t size) : bytes(kit::make_noise(size)) {
        cached = make_caching_source(std::make_unique<kit::CountingSource>(make_memory_source(bytes, "far"), counted));
    }

    void expect_bytes(std::uint64_t offset, std::size_t count) const {
        Bytes found(count);
        cached->read_at(offset, found);
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
        EXPECT_TRUE(std::equal(found.begin(), found.end(), first)) << offset << " " << count;
    }

    Bytes bytes;
    kit::ReadCount counted;
    std::unique_ptr<ByteSource> cached;
};

/// Its first reading goes on only once another thread has read something, or a while has passed.
class WaitingSource final : public ByteSource {
  public:
    explicit WaitingSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
    ~WaitingSource() override {
        if (other_.joinable()) other_.join();
    }

    std::uint64_t size() const override { return source_->size(); }
    const std::string& name() const noexcept override { return source_->name(); }

    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        if (!is_first_.exchange(false)) return source_->read_at(offset, into);
        std::promise<void> done;
        const std::future<void> served = done.get_future();
        other_ = std::thread([this, promise = std::move(done)]() mutable {
            meanwhile();
            promise.set_value();
        });
        was_served = served.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
        source_->read_at(offset, into);
    }

    std::function<void()> meanwhile;
    mutable bool was_served = false;

  private:
    std::unique_ptr<ByteSource> source_;
    mutable std::atomic<bool> is_first_ = true;
    mutable std::thread other_;
};

}  // namespace

TEST(CachingSource, BytesThatWereAnnouncedAreFetchedOnce) {
    const FarFile file(300000);
    file.cached->will_read(1000, 50000);
    for (std::uint64_t at = 1000; at < 51000; at += 100) file.expect_bytes(at, 100);
    EXPECT_EQ(file.counted.requests, 1U);
    EXPECT_EQ(file.counted.bytes, 50000U);
}

TEST(CachingSource, NothingIsFetchedBeforeItIsRead) {
    const FarFile file(1000);
    file.cached->will_read(0, 1000);
    EXPECT_EQ(file.counted.requests, 0U);
}

TEST(CachingSource, WhatIsReadOutsideIsFetchedAsAsked) {
    const FarFile file(300000);
    file.cached->will_read(0, 1000);
    file.expect_bytes(990, 20);
    file.expect_bytes(200000, 70000);
    EXPECT_EQ(file.counted.requests, 2U);
    EXPECT_EQ(file.counted.bytes, 70020U);
}

TEST(CachingSource, AnAnnouncementReachesToTheEndOfTheFileAtMost) {
    const FarFile file(1000);
    file.cached->will_read(900, ~std::uint64_t{0});
    file.expect_bytes(950, 50);
    file.expect_bytes(900, 10);
    file.cached->will_read(2000, 10);
    EXPECT_EQ(file.counted.requests, 1U);
    Bytes beyond(60);
    EXPECT_THROW(file.cached->read_at(950, beyond), Error);
}

TEST(CachingSource, OfALongRangeOnlyPartsAreFetched) {
    const FarFile file(10 * mebibyte);
    file.cached->will_read(0, 10 * mebibyte);
    file.expect_bytes(10, 8);
    file.expect_bytes(18, 60000);
    EXPECT_EQ(file.counted.requests, 1U);
    EXPECT_EQ(file.counted.bytes, 65536U);
    file.expect_bytes(100, 9 * mebibyte);
    EXPECT_EQ(file.counted.bytes, 65536U + 9 * mebibyte);
}

TEST(CachingSource, WhatWasFetchedServesAfterAnotherAnnouncement) {
    const FarFile file(300000);
    file.cached->will_read(0, 1000);
    file.expect_bytes(0, 10);
    file.cached->will_read(299000, 1000);
    file.expect_bytes(299500, 10);
    file.expect_bytes(500, 500);
    EXPECT_EQ(file.counted.requests, 2U);
}

TEST(CachingSource, ServesSeveralThreads) {
    const FarFile file(300000);
    file.cached->will_read(0, 300000);
    file.expect_bytes(0, 1);
    std::vector<std::thread> threads;
    for (std::uint64_t first = 0; first < 4; ++first)
        threads.emplace_back([&file, first] {
            for (std::uint64_t at = first; at < 290000; at += 1000) file.expect_bytes(at, 1000);
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(file.counted.requests, 1U);
}

TEST(CachingSource, AThreadMayReadWhileTheSourceIsBusyForAnother) {
    const Bytes bytes = kit::make_noise(300000);
    WaitingSource* waiting = nullptr;
    auto source = std::make_unique<WaitingSource>(make_memory_source(bytes, "far"));
    waiting = source.get();
    const auto cached = make_caching_source(std::move(source));
    cached->will_read(0, 1000);
    waiting->meanwhile = [&] {
        Bytes other(10);
        cached->read_at(500, other);
    };
    Bytes found(10);
    cached->read_at(0, found);
    EXPECT_TRUE(waiting->was_served);
}

}  // namespace mrcz::io_test
