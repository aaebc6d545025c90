// Pixels one by one, for loops that no kernel is worth writing for.
#pragma once

#include "base/byte_order.hpp"
#include "codec/rans/table.hpp"

namespace mrcz::codec::rans {

/// Calls `work` with an unsigned number of the pixels' size.
template <class Work>
decltype(auto) with_word(const PixelKind& kind, Work&& work) {
    if (kind.log2_bytes == 0) return work(std::uint8_t{});
    if (kind.log2_bytes == 1) return work(std::uint16_t{});
    return work(std::uint32_t{});
}

[[nodiscard]] inline std::uint32_t load_pixel(const PixelKind& kind, const std::byte* from) {
    return with_word(kind, [&](auto word) -> std::uint32_t { return load_le<decltype(word)>(from); });
}

}  // namespace mrcz::codec::rans
