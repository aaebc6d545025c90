// What to do about a damaged file, behind the message that says what is wrong with it.
#pragma once

#include <string_view>

namespace mrcz::container {

inline constexpr std::string_view repair_hint = "; `mrcz repair` makes a whole file of what can be read";

}  // namespace mrcz::container
