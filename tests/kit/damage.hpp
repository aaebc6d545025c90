// Damaging bytes, and what must come of it: one clear error, never a crash.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "mrcz/error.hpp"

namespace mrcz::kit {

/// The Error that `work` throws; fails the test when it throws nothing or something else.
[[nodiscard]] Error error_of(const std::function<void()>& work);

/// Whether `work` ends well or with an Error of the data group: what bytes from outside may lead to.
[[nodiscard]] bool survives(const std::function<void()>& work, std::string* why_not = nullptr);

[[nodiscard]] Bytes truncated(const Bytes& bytes, std::size_t length);
[[nodiscard]] Bytes with_flipped_bit(const Bytes& bytes, std::size_t bit);

}  // namespace mrcz::kit
