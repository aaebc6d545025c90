// A source that counts what is asked of it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "mrcz/byte_source.hpp"

namespace mrcz::kit {

struct ReadCount {
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> requests{0};
};

class CountingSource final : public ByteSource {
  public:
    CountingSource(std::unique_ptr<ByteSource> source, ReadCount& count) : source_(std::move(source)), count_(count) {}

    std::uint64_t size() const override { return source_->size(); }
    const std::string& name() const noexcept override { return source_->name(); }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        count_.bytes += into.size();
        ++count_.requests;
        source_->read_at(offset, into);
    }

  private:
    std::unique_ptr<ByteSource> source_;
    ReadCount& count_;
};

}  // namespace mrcz::kit
