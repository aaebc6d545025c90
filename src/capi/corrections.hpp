// What mrcz_corrections ask for, as the C++ API has it.
#pragma once

#include "mrcz/mrcz.h"
#include "mrcz/process.hpp"

namespace mrcz::capi {

/// All but the pattern, which is pixels at hand. Throws Error{invalid_argument}.
[[nodiscard]] ProcessOptions process_options_of(const mrcz_corrections& asked);

}  // namespace mrcz::capi
