// An MRC header as a JSON object: every field of the table, by its standard name.
#pragma once

#include "meta/json_writer.hpp"
#include "mrcz/header.hpp"

namespace mrcz::jobs {

void write_header(meta::JsonWriter& json, const Header& header);

}  // namespace mrcz::jobs
