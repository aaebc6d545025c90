#include "mrcz/pixel_type.hpp"

#include <array>

namespace mrcz {
namespace {
constexpr std::array<PixelTypeInfo, 12> pixel_types{{
    {PixelType::int8, "int8", 1, 1, true},
    {PixelType::uint8, "uint8", 1, 1, true},
    {PixelType::int16, "int16", 2, 2, true},
    {PixelType::uint16, "uint16", 2, 2, true},
    {PixelType::int32, "int32", 4, 4, true},
    {PixelType::uint32, "uint32", 4, 4, true},
    {PixelType::float16, "float16", 2, 2, true},
    {PixelType::float32, "float32", 4, 4, true},
    {PixelType::complex_int16, "complex_int16", 4, 2, false},
    {PixelType::complex_float32, "complex64", 8, 4, false},
    {PixelType::rgb8, "rgb8", 3, 1, false},
    {PixelType::uint4, "uint4", 1, 1, true},
}};

struct Alias {
    std::string_view name;
    PixelType type;
};

constexpr std::array<Alias, 9> numpy_aliases{{
    {"i1", PixelType::int8},
    {"u1", PixelType::uint8},
    {"i2", PixelType::int16},
    {"u2", PixelType::uint16},
    {"i4", PixelType::int32},
    {"u4", PixelType::uint32},
    {"f2", PixelType::float16},
    {"f4", PixelType::float32},
    {"c8", PixelType::complex_float32},
}};
}  // namespace

const PixelTypeInfo& info_of(PixelType type) noexcept { return pixel_types[static_cast<std::size_t>(type)]; }

std::optional<PixelType> find_pixel_type(std::string_view name) noexcept {
    for (const PixelTypeInfo& row : pixel_types)
        if (row.name == name) return row.type;
    for (const Alias& alias : numpy_aliases)
        if (alias.name == name) return alias.type;
    return std::nullopt;
}

}  // namespace mrcz
