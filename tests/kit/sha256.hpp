// SHA-256 (FIPS 180-4), for the pixel hashes that stand beside files other programs wrote.
#pragma once

#include <span>
#include <string>

#include "base/bytes.hpp"

namespace mrcz::kit {

/// In hexadecimal.
[[nodiscard]] std::string sha256(std::span<const std::byte> bytes);

}  // namespace mrcz::kit
