// JSON text as MessagePack.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace mrcz::meta {

/// Checked JSON text as MessagePack: numbers with a fraction or an exponent are float64, all others integers in their
/// smallest form. Throws Error{invalid_argument} with the path of an integer that no 64 bits hold.
[[nodiscard]] std::vector<std::byte> json_to_msgpack(std::string_view json);

}  // namespace mrcz::meta
