#include "io/unwrap.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace mrcz::io {
namespace {

struct Wrapper {
    std::string_view magic;
    Unwrap unwrap;
    std::byte first_byte_mask{0xff};
};

constexpr std::array<Wrapper, 4> wrappers{{
    {std::string_view("\x1f\x8b\x08", 3), unwrap_gzip},
    {"BZh", unwrap_bzip2},
    {"\x28\xb5\x2f\xfd", unwrap_zstd},
    {"\x50\x2a\x4d\x18", unwrap_zstd, std::byte{0xf0}},  // a skippable frame, with which pzstd begins
}};

bool begins_with(std::span<const std::byte> bytes, const Wrapper& wrapper) {
    const auto expected = std::as_bytes(std::span(wrapper.magic));
    return bytes.size() >= expected.size() && (bytes[0] & wrapper.first_byte_mask) == expected[0] &&
           std::equal(expected.begin() + 1, expected.end(), bytes.begin() + 1);
}

}  // namespace

Unwrap wrapper_of(std::span<const std::byte> magic) noexcept {
    for (const Wrapper& wrapper : wrappers)
        if (begins_with(magic, wrapper)) return wrapper.unwrap;
    return nullptr;
}

}  // namespace mrcz::io
