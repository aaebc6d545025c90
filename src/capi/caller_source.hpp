// Sources whose bytes the caller holds: memory that stays the caller's, and functions.
#pragma once

#include <memory>
#include <string>

#include "mrcz/byte_source.hpp"
#include "mrcz/mrcz.h"

namespace mrcz::capi {

[[nodiscard]] std::unique_ptr<ByteSource> source_over(const void* bytes, std::size_t size, std::string name);

/// Calls close() when it goes.
[[nodiscard]] std::unique_ptr<ByteSource> source_calling(const mrcz_source& functions);

}  // namespace mrcz::capi
