// What a file's record of steps (Reader::provenance()) says, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/limits.hpp"

namespace MRCZ_API mrcz {

/// The corrections that pixels went through, one text for each step `process`, in their order: `gain reference
/// gain.mrc; 3 hot and 0 dead pixels replaced by random neighbours; mean of 50 movies subtracted (KOMA)`. Empty: the
/// pixels are those that were recorded, as far as the record says. Safe to print. Throws what Metadata::from_json()
/// throws.
[[nodiscard]] std::vector<std::string> corrections_in(std::string_view provenance, const Limits& limits = {});

}  // namespace mrcz
