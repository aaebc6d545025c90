// As many threads as there is memory for their frames.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "mrcz/run_context.hpp"

namespace mrcz::jobs {

/// Some of another executor's threads.
class FewerThreads final : public Executor {
  public:
    FewerThreads(Executor& all, unsigned most) : all_(all), most_(most) {}
    [[nodiscard]] unsigned concurrency() const noexcept override { return std::min(most_, all_.concurrency()); }
    void run_all(std::span<const std::function<void()>> tasks) override { all_.run_all(tasks); }

  private:
    Executor& all_;
    unsigned most_;
};

/// Threads whose frames under way, one and a half a thread, take no more than `most_bytes`; two at least, since one
/// would leave the disk idle while it works.
[[nodiscard]] constexpr unsigned threads_within(std::uint64_t most_bytes, std::uint64_t bytes_a_frame) noexcept {
    const std::uint64_t frames = most_bytes / std::max<std::uint64_t>(1, bytes_a_frame);
    return static_cast<unsigned>(std::clamp<std::uint64_t>((2 * frames + 1) / 3, 2, 1024));
}

/// `context` with as many threads as that. It refers to this object.
class BoundedContext {
  public:
    BoundedContext(const RunContext& context, std::uint64_t most_bytes, std::uint64_t bytes_a_frame)
        : context_(context) {
        if (context.executor == nullptr) return;
        fewer_.emplace(*context.executor, threads_within(most_bytes, bytes_a_frame));
        context_.executor = &*fewer_;
    }
    BoundedContext(const BoundedContext&) = delete;
    BoundedContext& operator=(const BoundedContext&) = delete;
    [[nodiscard]] const RunContext& get() const noexcept { return context_; }

  private:
    RunContext context_;
    std::optional<FewerThreads> fewer_;
};

}  // namespace mrcz::jobs
