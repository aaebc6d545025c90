// Attributes of HDF5 objects as members of a document: numbers, booleans, texts and short arrays of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foreign/hdf5_session.hpp"
#include "meta/json_value.hpp"
#include "meta/msgpack_parts.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

struct Hdf5Attributes {
    meta::JsonValue readable;                ///< an object
    std::vector<meta::PackedMember> packed;  ///< with NaN, infinities, or bytes that are no text
    std::vector<std::string> left_behind;    ///< names and why: other kinds, and long lists
};

/// A text `mrc` that is a JSON object becomes that object.
[[nodiscard]] Hdf5Attributes read_attributes(hid_t object, const Limits& limits);

/// Names of attributes that say more than where NeXus programs find the data.
[[nodiscard]] std::vector<std::string> attribute_names(hid_t object);

void write_text_attribute(hid_t object, const std::string& name, const std::string& text);
void write_numbers_attribute(hid_t object, const std::string& name, std::span<const double> numbers);

}  // namespace mrcz::foreign
