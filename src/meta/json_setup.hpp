// Comes before every RapidJSON header.
#pragma once

#include <cstddef>

// With its own 32-bit sizes RapidJSON reserves too little for a string of over 700 MB, and writes behind it.
#define RAPIDJSON_NO_SIZETYPEDEFINE
namespace rapidjson {
using SizeType = std::size_t;
}
