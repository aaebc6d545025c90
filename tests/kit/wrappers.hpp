// Files inside gzip and bzip2, as people keep them.
#pragma once

#include "base/bytes.hpp"

namespace mrcz::kit {

[[nodiscard]] Bytes gzipped(std::span<const std::byte> bytes);
[[nodiscard]] Bytes bzipped(std::span<const std::byte> bytes);

}  // namespace mrcz::kit
