// The section ORIG: what gives back the source file byte for byte.
#pragma once

#include "base/byte_order.hpp"
#include "base/bytes.hpp"
#include "mrcz/header.hpp"
#include "mrcz/limits.hpp"
#include "simd/hash.hpp"

namespace mrcz::container {

/// What a section ORIG takes at most.
[[nodiscard]] constexpr std::uint64_t most_original_bytes(const Limits& limits) noexcept {
    constexpr std::uint64_t beside_trailing = 2 * Header::bytes_on_disk;
    return limits.trailing_bytes > ~beside_trailing ? limits.trailing_bytes : limits.trailing_bytes + beside_trailing;
}

struct Original {
    std::array<std::byte, Header::bytes_on_disk> header{};  ///< as it lay in the file, in its own byte order
    std::uint64_t data_offset = 0;
    std::uint64_t data_bytes = 0;
    std::uint64_t file_bytes = 0;  ///< of the source, unwrapped
    Bytes trailing;                ///< what stood behind the pixels
    simd::Hash128 hash{};          ///< XXH3-128 of the whole unwrapped source
    ByteOrder order = ByteOrder::little;
};

[[nodiscard]] Bytes write_original(const Original& original);
/// Throws Error{corrupt, truncated}.
[[nodiscard]] Original parse_original(std::span<const std::byte> payload);

}  // namespace mrcz::container
