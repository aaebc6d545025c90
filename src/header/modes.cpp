#include "header/modes.hpp"

#include <array>

namespace mrcz::header {
namespace {

constexpr std::array<ModeInfo, 13> modes{{
    {0, PixelType::int8, true, ""},
    {1, PixelType::int16, true, ""},
    {2, PixelType::float32, true, ""},
    {3, PixelType::complex_int16, true, ""},
    {4, PixelType::complex_float32, true, ""},
    {5, PixelType::int8, false, "CCP4's old alias of mode 0"},
    {6, PixelType::uint16, true, ""},
    {7, PixelType::int32, false, "private to python-mrcz"},
    {8, PixelType::uint32, false, "private to python-mrcz"},
    {12, PixelType::float16, true, ""},
    {16, PixelType::rgb8, false, "IMOD's RGB"},
    {17, PixelType::int8, false, "private to EMAN2"},
    {101, PixelType::uint4, false, "IMOD's and SerialEM's packed 4-bit pixels"},
}};

}  // namespace

const ModeInfo* find_mode(std::int32_t base_mode) noexcept {
    for (const ModeInfo& row : modes)
        if (row.mode == base_mode) return &row;
    return nullptr;
}

std::optional<std::int32_t> mode_for(PixelType type) noexcept {
    for (const ModeInfo& row : modes)
        if (row.type == type) return row.mode;
    return std::nullopt;
}

bool mode0_is_signed(const Header& header) noexcept {
    if (header.integer(HeaderField::imod_stamp) == imod_stamp)
        return (header.integer(HeaderField::imod_flags) & imod_flag::signed_bytes) != 0;
    const float least = header.real(HeaderField::dmin);
    const float greatest = header.real(HeaderField::dmax);
    if (least >= 0 && greatest >= least) return greatest < 128;  // 0…127 reads alike either way; MRC2014 says signed
    if (least < 0 && greatest >= 128) return -least > greatest - 128;
    return true;
}

}  // namespace mrcz::header
