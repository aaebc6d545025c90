#include "header/volumes.hpp"

#include <algorithm>

#include "header/compose.hpp"

namespace mrcz::header {

std::int64_t stated_volume_sections(const Header& header) noexcept {
    if (!is_volume_stack_group(header.integer(HeaderField::ispg))) return 0;
    const std::int64_t samples = header.integer(HeaderField::mz);
    if (samples != 0) return std::max<std::int64_t>(0, samples);
    return is_ours(header) ? std::max<std::int64_t>(0, header.integer(HeaderField::volume_sections)) : 0;
}

std::int64_t volume_sections(const Header& header) noexcept {
    const std::int64_t sections = stated_volume_sections(header);
    return sections > 0 && header.nz() % sections == 0 ? sections : 0;
}

}  // namespace mrcz::header
