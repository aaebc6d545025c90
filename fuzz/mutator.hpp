// Changes inputs at random, the same way every time.
#pragma once

#include <cstdint>
#include <random>

#include "base/bytes.hpp"

namespace mrcz::fuzz {

class Mutator {
  public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}

    /// `input` after one to four changes; `other` may lend it some of its bytes.
    [[nodiscard]] Bytes changed(const Bytes& input, const Bytes& other);
    /// 0 … count - 1
    [[nodiscard]] std::size_t below(std::size_t count) { return static_cast<std::size_t>(random_()) % count; }

  private:
    void change_once(Bytes& bytes, const Bytes& other);

    std::mt19937 random_;
};

}  // namespace mrcz::fuzz
