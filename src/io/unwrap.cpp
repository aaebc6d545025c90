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
};

constexpr std::array<Wrapper, 2> wrappers{{
    {std::string_view("\x1f\x8b\x08", 3), unwrap_gzip},
    {"BZh", unwrap_bzip2},
}};

}  // namespace

Unwrap wrapper_of(std::span<const std::byte> magic) noexcept {
    for (const Wrapper& wrapper : wrappers) {
        const auto expected = std::as_bytes(std::span(wrapper.magic));
        if (magic.size() >= expected.size() && std::equal(expected.begin(), expected.end(), magic.begin()))
            return wrapper.unwrap;
    }
    return nullptr;
}

}  // namespace mrcz::io
