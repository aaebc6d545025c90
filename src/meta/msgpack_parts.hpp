// Pieces of MessagePack documents: values that JSON has no form for, and members added to a map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::meta {

/// A member of a map, its value as MessagePack.
struct PackedMember {
    std::string name;
    std::vector<std::byte> value;
};

/// Nested arrays of `shape`, the last axis fastest; a single number where it is empty.
[[nodiscard]] std::vector<std::byte> packed_numbers(std::span<const double> numbers,
                                                    std::span<const std::uint64_t> shape);
[[nodiscard]] std::vector<std::byte> packed_binary(std::string_view bytes);

[[nodiscard]] bool is_msgpack_map(std::span<const std::byte> document) noexcept;
/// `map` is a checked document that is_msgpack_map(), and has none of the names.
[[nodiscard]] std::vector<std::byte> with_members(std::span<const std::byte> map,
                                                  std::span<const PackedMember> members);

}  // namespace mrcz::meta
