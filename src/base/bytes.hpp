// Appending numbers and bytes to a byte vector, little-endian.
#pragma once

#include <span>
#include <vector>

#include "base/byte_order.hpp"

namespace mrcz {

using Bytes = std::vector<std::byte>;

template <Number T>
void append_le(Bytes& bytes, T value) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sizeof(T));
    store_le(bytes.data() + at, value);
}

inline void append(Bytes& bytes, std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

}  // namespace mrcz
