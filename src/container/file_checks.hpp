// Whether all of a file that is no frame is sound: sections, padding, and nothing that belongs to no part.
#pragma once

#include "container/mrc_file.hpp"

namespace mrcz::container {

/// Throws Error{corrupt, truncated}: what MrcFile noticed, a section whose hash or syntax does not hold, bytes between
/// or behind the parts of a compressed file.
void check_around_frames(const MrcFile& file);

/// Whether it is so; for plain files also that nothing follows the footer.
[[nodiscard]] bool is_sound_around_frames(const MrcFile& file);

}  // namespace mrcz::container
