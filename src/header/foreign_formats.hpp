// Files that are no MRC, by name: what a refusal says of them. Their first bytes never condemn a file whose header
// makes sense.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "mrcz/header.hpp"

namespace mrcz::header {

struct ForeignFormat {
    std::string_view name;    ///< with its article, empty when nothing known fits
    std::string_view advice;  ///< what to do with such a file; may be empty
};

[[nodiscard]] ForeignFormat foreign_format_of(std::span<const std::byte, Header::bytes_on_disk> bytes) noexcept;

}  // namespace mrcz::header
