// What goes along with an MRC file's pixels into other containers, as the JSON object `mrc` among their attributes, and
// comes back from there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "container/section.hpp"
#include "meta/json_value.hpp"
#include "mrcz/header.hpp"

namespace mrcz::jobs {

struct Carried {
    std::optional<Header> header;
    Bytes extended_header;
    std::vector<container::Section> sections;  ///< of a footer
    std::string frames;                        ///< hash of the hashes of all frames, in hexadecimal; empty: not known
};

/// Hexadecimal XXH3-64 of what FHSH would hold.
[[nodiscard]] std::string hash_of_frame_hashes(std::span<const std::uint64_t> hashes);

/// What is too large for attributes stays behind, and is told there.
void write_carried(meta::JsonWriter& json, const Carried& carried, std::vector<std::string>& left_behind);

/// Anything may stand in attributes: what is not as write_carried() writes it counts as not there.
[[nodiscard]] Carried read_carried(const meta::JsonValue& value, const Limits& limits);

}  // namespace mrcz::jobs
