// The user's metadata and the record of steps, as sections.
#pragma once

#include <string>
#include <vector>

#include "container/section.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/metadata.hpp"

namespace mrcz::container {

[[nodiscard]] Section metadata_section(const Metadata& metadata);
/// Throws what Metadata::from_json() and from_msgpack() throw.
[[nodiscard]] Metadata metadata_in(const Section& section, const Limits& limits);

/// PROV of a file made without loss. It names no time: the same input gives the same file. `earlier`: a JSON array of
/// the steps before. Throws what Metadata::from_json() throws.
[[nodiscard]] Section provenance_section(std::string_view step, std::string_view codec, std::string_view earlier = {});

/// PROV of pixels that somebody changed by hand: `earlier`, a JSON array of the steps before that, and a step `edit`.
/// Throws what Metadata::from_json() throws.
[[nodiscard]] Section edited_provenance(std::string_view earlier);

/// A step of PROV as a JSON object: pixels coded as they are.
[[nodiscard]] std::string coding_step(std::string_view step, std::string_view codec);

/// A step of PROV as a JSON object: pixels of one type turned into another, and how many values that changed.
[[nodiscard]] std::string conversion_step(PixelType from, PixelType to, const ConversionRules& allowed,
                                          const ConversionResult& changed);

/// Appends a step to the PROV among `sections`, which it adds when there is none.
void add_provenance_step(std::vector<Section>& sections, std::string_view step);

}  // namespace mrcz::container
