// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace mrcz::meta {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// `text` with U+FFFD in place of every byte that belongs to no well-formed sequence.
[[nodiscard]] std::string repaired_utf8(std::string_view text);

}  // namespace mrcz::meta
