// XXH3, 64 and 128 bits, over bytes that arrive in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mrcz::simd {

/// 128-bit hash in xxHash's canonical (big-endian) byte order, as `xxhsum -H2` prints it.
using Hash128 = std::array<std::byte, 16>;

class Hasher64 {
  public:
    Hasher64();
    ~Hasher64();
    Hasher64(Hasher64&&) noexcept;
    Hasher64& operator=(Hasher64&&) noexcept;
    void reset() noexcept;
    void update(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] std::uint64_t digest() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

class Hasher128 {
  public:
    Hasher128();
    ~Hasher128();
    Hasher128(Hasher128&&) noexcept;
    Hasher128& operator=(Hasher128&&) noexcept;
    void reset() noexcept;
    void update(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] Hash128 digest() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// XXH3-64 of bytes at hand.
[[nodiscard]] std::uint64_t hash64(std::span<const std::byte> bytes) noexcept;

}  // namespace mrcz::simd
