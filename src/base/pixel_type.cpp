#include "mrcz/pixel_type.hpp"

#include <array>

namespace mrcz {
namespace {
constexpr std::array<PixelTypeInfo, 11> pixel_types{{
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
}};
}  // namespace

const PixelTypeInfo& info_of(PixelType type) noexcept { return pixel_types[static_cast<std::size_t>(type)]; }

}  // namespace mrcz
