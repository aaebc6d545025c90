// What the tests of the kernels share: the levels this machine has, and buffers whose ends AddressSanitizer guards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "simd/kernels.hpp"

namespace mrcz::simd {

inline std::vector<Level> levels() {
    std::vector<Level> all;
    for (int level = 0; level <= static_cast<int>(best_level()); ++level) all.push_back(static_cast<Level>(level));
    return all;
}

/// Bytes that start `offset` after an aligned address and end where the allocation does.
class Buffer {
  public:
    explicit Buffer(std::size_t size, std::size_t offset = 0) : bytes_(size + offset), offset_(offset) {}
    [[nodiscard]] std::byte* data() { return bytes_.data() + offset_; }
    [[nodiscard]] std::span<std::byte> span() { return std::span(bytes_).subspan(offset_); }
    [[nodiscard]] std::vector<std::byte> copy() const { return {bytes_.begin() + offset_, bytes_.end()}; }

  private:
    std::vector<std::byte> bytes_;
    std::ptrdiff_t offset_;
};

inline void fill_random(std::span<std::byte> bytes, unsigned seed = 1) {
    std::mt19937 random(seed);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
}

}  // namespace mrcz::simd
