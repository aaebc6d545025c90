// Memory that only grows and is not cleared: frames and chunks pass through it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace mrcz {

class Buffer {
  public:
    /// The first `size` bytes, whose contents are whatever was there; earlier spans end when it grows.
    [[nodiscard]] std::span<std::byte> first(std::size_t size) {
        if (size > capacity_) {
            bytes_.reset();
            capacity_ = 0;  // holds if the allocation throws
            bytes_ = std::make_unique_for_overwrite<std::byte[]>(size);
            capacity_ = size;
        }
        return {bytes_.get(), size};
    }

  private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_ = 0;
};

}  // namespace mrcz
