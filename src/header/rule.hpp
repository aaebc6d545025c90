// One rule about headers: what is looked at, and what is said of it.
#pragma once

#include <optional>
#include <string>

#include "header/byte_order_of.hpp"

namespace mrcz::header {

using RuleMessage = std::optional<std::string>;  ///< empty: nothing odd

}  // namespace mrcz::header
