// The user's metadata and the record of steps, as sections.
#pragma once

#include <string>

#include "container/section.hpp"
#include "mrcz/metadata.hpp"

namespace mrcz::container {

[[nodiscard]] Section metadata_section(const Metadata& metadata);

/// PROV of a file made without loss. It names no time: the same input gives the same file.
[[nodiscard]] Section provenance_section(std::string_view step, std::string_view codec);

}  // namespace mrcz::container
