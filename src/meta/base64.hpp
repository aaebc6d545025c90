// Bytes as text (RFC 4648, with padding), and back.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::meta {

[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

/// Nothing for a text that base64() does not make.
[[nodiscard]] std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace mrcz::meta
