// Which byte order a header is in, and its bytes turned to little-endian.
#pragma once

#include <cstddef>
#include <span>

#include "base/byte_order.hpp"
#include "mrcz/header.hpp"

namespace mrcz::header {

struct OrderedHeader {
    Header header;                        ///< little-endian
    ByteOrder order = ByteOrder::little;  ///< of the file's numbers and pixels
    bool mode_is_little_in_big =
        false;  ///< python-mrcz <= 0.5's big-endian files: MODE and some others stayed little-endian
};

/// Takes the order the machine stamp claims when the numbers make sense in it, else the other one. Throws
/// Error{not_mrc} when they make sense in neither.
[[nodiscard]] OrderedHeader read_ordered(std::span<const std::byte, Header::bytes_on_disk> bytes);

/// The header's bytes in `order`: numbers swapped field by field, text and unnamed bytes left as they are.
[[nodiscard]] Header swapped(const Header& header) noexcept;

}  // namespace mrcz::header
