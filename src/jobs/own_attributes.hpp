// Attributes that somebody gave an array of another container, as metadata of an MRC file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreign/frame_array.hpp"
#include "jobs/carried.hpp"
#include "mrcz/metadata.hpp"

namespace mrcz::jobs {

/// Without those of ours, and of NeXus, HDF5's dimension scales and xarray, which speak of the container.
[[nodiscard]] meta::JsonValue own_attributes(const foreign::ArrayFacts& facts);

/// `metadata` (null: none) with the attributes as further members; null where there is nothing. What already has
/// another value there, or finds no map to go into, stays behind and is told.
[[nodiscard]] std::optional<Metadata> with_attributes(const Metadata* metadata, const foreign::ArrayFacts& facts,
                                                      const Limits& limits, std::vector<std::string>& left_behind);

/// What somebody made of the metadata within `found`, the attribute `mrc`; nothing where they are as in `written`, or
/// are gone. Throws what Metadata::from_json() throws.
[[nodiscard]] std::optional<Metadata> edited_metadata(const meta::JsonValue& found, const meta::JsonValue& written,
                                                      const Limits& limits);

/// The text of edited metadata is taken, and tells no kinds beyond JSON's.
void tell_lost_kinds(const meta::JsonValue& found, const Metadata* taken, std::vector<std::string>& left_behind);

/// Tells of what was changed in `found`, the attribute `mrc`, and is not taken: `written` is how it would be written.
void tell_unused_changes(const meta::JsonValue& found, const meta::JsonValue& written,
                         std::vector<std::string>& left_behind);

/// Tells of a voxel size beside the array that is not the header's.
void tell_unused_voxel_size(const meta::JsonValue& attributes, const Header& header,
                            std::vector<std::string>& left_behind);

}  // namespace mrcz::jobs
