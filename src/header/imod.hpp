// What IMOD and SerialEM mean by their own header fields (IMOD's mrc_format.txt).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "header/byte_order_of.hpp"
#include "header/modes.hpp"

namespace mrcz::header::imod {

inline constexpr std::int64_t stamp = imod_stamp;
inline constexpr std::int64_t signed_bytes = imod_flag::signed_bytes;
inline constexpr std::int64_t standard_origin = 4;  ///< flag: ORIGIN has the standard's sign

[[nodiscard]] bool is_stamped(const Header& header) noexcept;

/// Whether ORIGIN is the negative of the standard's: IMOD before it wrote NVERSION or the flag that says otherwise.
[[nodiscard]] bool origin_is_negated(const Header& header) noexcept;

/// The origin x, y, z of a file of IMOD up to 2.6.19 (before MAP, the stamp and RMS stood where it stands), as it lies;
/// nothing when the bytes there are not plainly that.
[[nodiscard]] std::optional<std::array<float, 3>> old_origin(const Header& header, ByteOrder order) noexcept;

/// ORIGIN put where and as the standard wants it, so that NVERSION, MAP and the stamp may be set.
void standardise_origin(Header& header, ByteOrder order) noexcept;

}  // namespace mrcz::header::imod
