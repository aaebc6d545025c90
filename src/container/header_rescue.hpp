// The header of a compressed file put right by what stands at the file's end.
#pragma once

#include <optional>

#include "mrcz/byte_source.hpp"
#include "mrcz/header.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::container {

/// The file's header with NX, NY, NZ, MODE, NSYMBT and PACKEDBYTES as they were written. Footer and index are found
/// from the end, without the header; the footer's facts give the counts, its HHSH and its ORIG the rest. Nothing where
/// the end is no whole footer and index, where the header is as it should be, or where nothing tells what it was.
[[nodiscard]] std::optional<Header> rescued_header(const ByteSource& source, const Limits& limits);

}  // namespace mrcz::container
