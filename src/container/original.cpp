#include "container/original.hpp"

#include <algorithm>

#include "base/cursor.hpp"
#include "base/fail.hpp"

namespace mrcz::container {

Bytes write_original(const Original& original) {
    Bytes payload;
    append(payload, original.header);
    append_le(payload, original.data_offset);
    append_le(payload, original.data_bytes);
    append_le(payload, original.file_bytes);
    append_le(payload, std::uint64_t{original.trailing.size()});
    append(payload, original.trailing);
    append(payload, original.hash);
    append_le(payload, static_cast<std::uint32_t>(original.order));
    return payload;
}

Original parse_original(std::span<const std::byte> payload) {
    Cursor cursor(payload, "section ORIG");
    Original original;
    std::ranges::copy(cursor.take(original.header.size(), "header"), original.header.begin());
    original.data_offset = cursor.read<std::uint64_t>("data offset");
    original.data_bytes = cursor.read<std::uint64_t>("data bytes");
    original.file_bytes = cursor.read<std::uint64_t>("file bytes");
    const auto trailing = cursor.take(cursor.read<std::uint64_t>("trailing size"), "trailing bytes");
    original.trailing.assign(trailing.begin(), trailing.end());
    std::ranges::copy(cursor.take(original.hash.size(), "hash"), original.hash.begin());
    const auto order = cursor.read<std::uint32_t>("byte order");
    if (order > static_cast<std::uint32_t>(ByteOrder::big))
        fail(ErrorCode::corrupt, "section ORIG: byte order ", order, ", expected 0 or 1");
    original.order = static_cast<ByteOrder>(order);
    return original;
}

}  // namespace mrcz::container
