#include "meta/msgpack_parts.hpp"

#include "base/byte_order.hpp"
#include "base/checked.hpp"
#include "base/fail.hpp"

namespace mrcz::meta {
namespace {

using Packed = std::vector<std::byte>;

template <class Number>
void append_number(Packed& out, std::uint8_t kind, Number number) {
    out.push_back(std::byte{kind});
    out.resize(out.size() + sizeof(Number));
    store(out.data() + out.size() - sizeof(Number), number, ByteOrder::big);
}

/// Kinds with a count of 32 bits: any reader takes a longer form than is needed.
enum Counted : std::uint8_t { binary = 0xc6, text = 0xdb, array = 0xdd, map = 0xdf };

void append_count(Packed& out, Counted kind, std::uint64_t count) {
    if (count > 0xffffffffU) fail(ErrorCode::limit_exceeded, "MessagePack holds at most 4294967295 bytes or items");
    append_number(out, kind, static_cast<std::uint32_t>(count));
}

void append_bytes(Packed& out, std::string_view bytes) {
    const auto added = std::as_bytes(std::span(bytes));
    out.insert(out.end(), added.begin(), added.end());
}

std::span<const double> append_numbers(Packed& out, std::span<const double> numbers,
                                       std::span<const std::uint64_t> shape) {
    if (shape.empty()) {
        append_number(out, 0xcb, numbers.front());
        return numbers.subspan(1);
    }
    append_count(out, array, shape.front());
    for (std::uint64_t i = 0; i < shape.front(); ++i) numbers = append_numbers(out, numbers, shape.subspan(1));
    return numbers;
}

/// Of a map: how many members, and in how many bytes that stands.
struct MapHead {
    std::uint64_t members = 0;
    std::size_t bytes = 0;
};

MapHead head_of(std::span<const std::byte> document) {
    const auto kind = std::to_integer<unsigned>(document[0]);
    if (kind == map) return {load<std::uint32_t>(document.subspan(1, 4).data(), ByteOrder::big), 5};
    if (kind == 0xde) return {load<std::uint16_t>(document.subspan(1, 2).data(), ByteOrder::big), 3};
    return {kind & 0x0fU, 1};
}

}  // namespace

Packed packed_numbers(std::span<const double> numbers, std::span<const std::uint64_t> shape) {
    Packed out;
    append_numbers(out, numbers, shape);
    return out;
}

Packed packed_binary(std::string_view bytes) {
    Packed out;
    append_count(out, binary, bytes.size());
    append_bytes(out, bytes);
    return out;
}

bool is_msgpack_map(std::span<const std::byte> document) noexcept {
    if (document.empty()) return false;
    const auto kind = std::to_integer<unsigned>(document[0]);
    return (kind & 0xf0U) == 0x80 || kind == 0xde || kind == map;
}

Packed with_members(std::span<const std::byte> document, std::span<const PackedMember> members) {
    const MapHead head = head_of(document);
    Packed out;
    append_count(out, map, checked_add(head.members, members.size(), "members of the metadata"));
    out.insert(out.end(), document.begin() + static_cast<std::ptrdiff_t>(head.bytes), document.end());
    for (const PackedMember& member : members) {
        append_count(out, text, member.name.size());
        append_bytes(out, member.name);
        out.insert(out.end(), member.value.begin(), member.value.end());
    }
    return out;
}

}  // namespace mrcz::meta
