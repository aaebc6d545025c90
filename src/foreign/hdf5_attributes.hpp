// Attributes of HDF5 objects as a JSON object: numbers, texts and short lists of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "foreign/hdf5_session.hpp"
#include "meta/json_value.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

/// Those of other kinds, and long lists, are left out. A text `mrc` that is a JSON object becomes that object.
[[nodiscard]] meta::JsonValue read_attributes(hid_t object, const Limits& limits);

void write_text_attribute(hid_t object, const std::string& name, const std::string& text);
void write_numbers_attribute(hid_t object, const std::string& name, std::span<const double> numbers);

}  // namespace mrcz::foreign
