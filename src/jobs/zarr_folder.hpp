// Zarr v3 folders whose one shard is an MRCZ file.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "meta/json_value.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz::jobs {

/// Where the shard lies: `c/0/0/0`.
[[nodiscard]] std::filesystem::path shard_in(const std::filesystem::path& folder, const Reader& reader,
                                             const std::optional<ScanShape>& scan);

/// Whether a folder holds one array: what may be replaced by another.
[[nodiscard]] bool is_zarr_array(const std::filesystem::path& folder);

void write_text_file(const std::filesystem::path& path, std::string_view text, bool overwrite);

}  // namespace mrcz::jobs
