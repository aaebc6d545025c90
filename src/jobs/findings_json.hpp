// Findings as they stand in every JSON output.
#pragma once

#include <vector>

#include "meta/json_writer.hpp"
#include "mrcz/finding.hpp"

namespace mrcz::jobs {

/// The member `findings` of an object that is open in `json`.
void write_findings(meta::JsonWriter& json, const std::vector<Finding>& findings);

}  // namespace mrcz::jobs
