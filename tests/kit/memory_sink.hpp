// A sink whose bytes a test can look at.
#pragma once

#include <algorithm>

#include "base/bytes.hpp"
#include "io/byte_sink.hpp"

namespace mrcz::kit {

class MemorySink final : public io::ByteSink {
  public:
    MemorySink() : ByteSink("memory") {}

    Bytes bytes;
    bool committed = false;

  private:
    void do_write(std::span<const std::byte> more) override { append(bytes, more); }
    void do_rewrite(std::uint64_t offset, std::span<const std::byte> over) override {
        std::ranges::copy(over, bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    void do_commit() override { committed = true; }
};

}  // namespace mrcz::kit
