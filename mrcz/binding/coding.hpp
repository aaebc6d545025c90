// How pixels are coded and converted, by Python's names.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "binding.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/live.hpp"

namespace mrcz::python {

/// How many frames, how many seconds.
using Live = std::pair<std::int64_t, double>;
[[nodiscard]] std::optional<LiveOptions> live_of(const std::optional<Live>& live);

/// Throws Error{invalid_argument} naming the filters there are.
[[nodiscard]] CodecOptions coding_of(int level, std::uint64_t block_bytes, std::string_view filter);

}  // namespace mrcz::python
