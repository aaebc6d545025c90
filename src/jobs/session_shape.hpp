// The frames that the movies of a session have.
#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "mrcz/limits.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::jobs {

/// By their headers, in whatever order they are named; of shapes as common as each other the larger one. Nothing when
/// no movie can be read.
[[nodiscard]] std::optional<ImageShape> most_common_shape(std::span<const std::filesystem::path> movies,
                                                          const Limits& limits, const RunContext& context);

}  // namespace mrcz::jobs
