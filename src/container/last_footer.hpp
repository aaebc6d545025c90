// A footer found from the end of a compressed file, whatever its header says.
#pragma once

#include <optional>

#include "container/footer.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::container {

struct LastFooter {
    std::uint64_t offset = 0;  ///< F
    Footer footer;
};

/// The last footer of `source` behind which nothing stands but the index it announces. Its data offset and chunk count
/// are ones that a header may have. Reads the file backwards.
[[nodiscard]] std::optional<LastFooter> last_footer(const ByteSource& source, const Limits& limits);

}  // namespace mrcz::container
