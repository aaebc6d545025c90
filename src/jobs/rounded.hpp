// Measured numbers as people read them.
#pragma once

#include <array>
#include <charconv>
#include <string>

namespace mrcz::jobs {

/// Three digits.
[[nodiscard]] inline std::string rounded(double number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, 3);
    return {buffer.data(), end.ptr};
}

}  // namespace mrcz::jobs
