// What MessagePack values that JSON has no type for look like as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mrcz::meta {

inline constexpr std::int8_t timestamp_type = -1;

/// ISO 8601 text (`2024-05-17T09:30:00.25Z`) of the payload of a timestamp (extension type -1). Nothing for a payload
/// that is none: another size than 4, 8 or 12 bytes, a billion nanoseconds or more, a year outside 0 to 9999.
[[nodiscard]] std::optional<std::string> timestamp_text(std::span<const std::byte> payload);

}  // namespace mrcz::meta
