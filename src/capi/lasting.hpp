// Texts of the library's tables, as C reads them.
#pragma once

#include <string_view>

namespace mrcz::capi {

/// The same characters with a zero behind them, for ever. Only for texts of constant tables: none is ever freed. Null
/// when there is no memory.
[[nodiscard]] const char* lasting(std::string_view text) noexcept;

}  // namespace mrcz::capi
