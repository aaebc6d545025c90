// What gzip, bzip2 and zstd streams share: an input buffer, members that follow each other, and an end that must be
// clean.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "io/byte_stream.hpp"

namespace mrcz::io {

struct InflateStep {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool member_ended = false;
};

/// `Inflater` has `static constexpr const char* format`, `restart()`, and `step(input, output) -> InflateStep`, which
/// throws on damage.
template <class Inflater>
class InflatingStream final : public ByteStream {
  public:
    explicit InflatingStream(std::unique_ptr<ByteStream> wrapped) : wrapped_(std::move(wrapped)), buffer_(1 << 18) {}

    const std::string& name() const noexcept override { return wrapped_->name(); }

    std::size_t read_some(std::span<std::byte> into) override {
        while (true) {
            if (input_.empty()) refill();
            if (between_members_) skip_padding();
            if (input_.empty() && between_members_) return 0;
            if (input_.empty() && !may_hold_more_)
                fail(ErrorCode::truncated, Inflater::format,
                     " data end before their last block: the file is cut short");
            const InflateStep step = inflater_.step(input_, into);
            input_ = input_.subspan(step.consumed);
            between_members_ = step.member_ended;
            may_hold_more_ = step.produced == into.size();
            if (step.member_ended) inflater_.restart();
            if (step.produced > 0) return step.produced;
        }
    }

  private:
    /// Archives and tapes fill up with zeros, with which no member begins.
    void skip_padding() {
        while (!input_.empty() && input_.front() == std::byte{0}) {
            input_ = input_.subspan(1);
            if (input_.empty()) refill();
        }
    }

    void refill() { input_ = std::span(buffer_).first(wrapped_->read_some(buffer_)); }

    std::unique_ptr<ByteStream> wrapped_;
    std::vector<std::byte> buffer_;
    std::span<const std::byte> input_;
    Inflater inflater_;
    bool between_members_ = false;
    bool may_hold_more_ = false;  ///< output was full: more may come without further input
};

}  // namespace mrcz::io
