// What MODE says of the pixels.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mrcz/header.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::header {

/// One row of the mode table. Mode 0 is signed in MRC2014 and unsigned in older programs: see mode0_is_signed().
struct ModeInfo {
    std::int32_t mode;
    PixelType type;
    bool standard;  ///< named in MRC2014 (with its 2014.1 update)
    std::string_view note;
};

inline constexpr std::int32_t codec_factor = 1000;  ///< MODE = mode + 1000 x codec id
inline constexpr std::int32_t largest_codec_id = 31;

inline constexpr std::int64_t imod_stamp = 1146047817;  ///< "IMOD" in word 39: its flags mean something
namespace imod_flag {
inline constexpr std::int64_t signed_bytes = 1;
inline constexpr std::int64_t packed_4_bit = 16;  ///< mode 0, two pixels a byte
}  // namespace imod_flag

/// The row of a MODE without its codec part, or null when no program we know writes it.
[[nodiscard]] const ModeInfo* find_mode(std::int32_t base_mode) noexcept;

/// MODE as written for pixels of `type`; nothing for uint8, which MRC cannot say.
[[nodiscard]] std::optional<std::int32_t> mode_for(PixelType type) noexcept;

/// IMOD's rule (libiimod, mrcfiles.c): its own flag where its stamp stands, else what DMIN and DMAX betray.
[[nodiscard]] bool mode0_is_signed(const Header& header) noexcept;

}  // namespace mrcz::header
