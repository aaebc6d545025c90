// Arithmetic on sizes that come from files: overflow is an error, never a wrap.
#pragma once

#include <cstdint>

#include "base/fail.hpp"

namespace mrcz {

[[nodiscard]] inline std::uint64_t checked_mul(std::uint64_t a, std::uint64_t b, std::string_view what) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) fail(ErrorCode::corrupt, what, ": ", a, " x ", b, " overflows");
    return product;
}

[[nodiscard]] inline std::uint64_t checked_add(std::uint64_t a, std::uint64_t b, std::string_view what) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) fail(ErrorCode::corrupt, what, ": ", a, " + ", b, " overflows");
    return sum;
}

}  // namespace mrcz
