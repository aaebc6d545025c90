// Sections of a compressed file that its original never had: what restoring leaves behind, or takes along in a footer.
#pragma once

#include <vector>

#include <string>
#include "container/mrc_file.hpp"
#include "io/byte_sink.hpp"
#include "jobs/frame_stream.hpp"

namespace mrcz::jobs {

/// Sections that belong to the user: not those every file gets anew, nor ORIG, nor provenance, nor a sum
/// of frames that are there.
[[nodiscard]] std::vector<container::Section> user_sections(const container::MrcFile& file);

/// Those of user_sections() that are not, the same, in a footer of the original's own.
[[nodiscard]] std::vector<container::Section> sections_beyond(const container::MrcFile& file,
                                                              const container::Original& original);

/// The corrections that the file's provenance tells of: see corrections_in().
[[nodiscard]] std::vector<std::string> corrections_of(const container::MrcFile& file);

[[nodiscard]] std::vector<std::string> corrections_of(const std::vector<container::Section>& sections,
                                                      const Limits& limits);

/// Whether `trailing` is one footer, from its first byte to its last.
[[nodiscard]] bool is_footer(const Bytes& trailing);

/// The original as restore_original() gives it, and behind its pixels a footer with all sections of the user, in place
/// of one that the original has there. Throws Error{unsupported} when something else stands there.
void restore_with_sections(const container::MrcFile& file, const container::Original& original, io::ByteSink& sink,
                           const std::function<void(const StreamedFrame&)>& each_frame, const RunContext& context);

}  // namespace mrcz::jobs
