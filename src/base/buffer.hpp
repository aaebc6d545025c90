// Memory that only grows and is not cleared: frames and chunks pass through it.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace mrcz {

/// Freed by std::free(). Throws std::bad_alloc. In large pages where the system has them and that many bytes are worth
/// it: touching a frame's small pages for the first time takes as long as reading it from a cache.
[[nodiscard]] std::byte* allocate_uncleared(std::size_t size);

class Buffer {
  public:
    /// The first `size` bytes, whose contents are whatever was there; earlier spans end when it grows.
    [[nodiscard]] std::span<std::byte> first(std::size_t size) {
        if (size > capacity_) {
            bytes_.reset();
            capacity_ = 0;  // holds if the allocation throws
            bytes_.reset(allocate_uncleared(size));
            capacity_ = size;
        }
        return {bytes_.get(), size};
    }

  private:
    struct Free {
        void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
    };
    std::unique_ptr<std::byte[], Free> bytes_;
    std::size_t capacity_ = 0;
};

}  // namespace mrcz
