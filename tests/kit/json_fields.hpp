// Flat access to a JSON document: every leaf under its path, such as `$.frames` or `$.shape[0]`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::kit {

/// Paths join keys with `.` and number items with `[i]`, the root being empty; leaves are text, a number as written,
/// `true`, `false` or `null`, and `{}` or `[]` for containers. Throws Error{corrupt} for what is no JSON.
[[nodiscard]] std::map<std::string, std::string> json_fields(std::string_view text);

}  // namespace mrcz::kit
