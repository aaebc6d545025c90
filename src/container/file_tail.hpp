// What stands behind the data: footer and index, made from what is kept of the frames.
#pragma once

#include <vector>

#include "container/frame_tables.hpp"
#include "io/byte_sink.hpp"

namespace mrcz::container {

struct TailContents {
    std::span<const std::byte> header;  ///< as it will stand in the file
    std::span<const std::byte> extended_header;
    const FrameTables& tables;
    bool compressed = true;
};

/// Writes the footer (a plain file's only when there are `sections`) and, for compressed files, the index. The sink's
/// next byte is F.
void write_tail(io::ByteSink& sink, const TailContents& contents, std::vector<Section> sections);

}  // namespace mrcz::container
