// What growing needs to know of a file: from its footer, or, where it has none, by decoding its frames.
#pragma once

#include "container/growing_file.hpp"
#include "container/mrc_file.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::container {

/// Of a file that is sound. Throws Error{unsupported} for a file that cannot grow where it lies.
[[nodiscard]] GrowthStart growth_start(const MrcFile& file, const RunContext& context);

/// Tables that know where the file's models are, and no frame yet.
[[nodiscard]] FrameTables tables_of_models(const MrcFile& file);

/// Says through the context's log what a file lost by growing: sections with the ids `dropped`.
void tell_dropped(const std::vector<std::string>& dropped, const std::string& name, const RunContext& context);

/// Whether a section is of exactly the frames there are: the original file, their sum.
[[nodiscard]] bool is_of_all_frames(std::string_view section_id) noexcept;

/// Footer sections that stay true when frames come or go; ids of the others are added to `dropped`.
[[nodiscard]] std::vector<Section> lasting_sections(const ByteSource& source, const Footer& footer,
                                                    const Limits& limits, std::vector<std::string>& dropped);

}  // namespace mrcz::container
