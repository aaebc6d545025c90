#include <algorithm>
#include <array>

#include "foreign/hdf5_writer.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz {

std::span<const ContainerInfo> containers() noexcept {
    static const std::array<ContainerInfo, 4> table{{
        {"mrc", ".mrc .mrcs .map .ccp4 .st .rec .ali .preali .bl .join", true, {}},
        {"mrcz", ".mrcz .mrczs", true, {}},
        {"zarr", ".zarr", true, {}},
        {"hdf5", ".h5 .hdf5 .nxs .hdf .hspy", foreign::hdf5_is_missing().empty(), foreign::hdf5_is_missing()},
    }};
    return table;
}

const ContainerInfo* container_of(const std::filesystem::path& path) {
    // A folder may be named with a slash behind it.
    const auto name = path.has_filename() ? path : path.parent_path();
    const std::string ending = name.extension().string();
    if (ending.empty()) return nullptr;
    for (const ContainerInfo& container : containers()) {
        std::string_view endings = container.endings;
        while (!endings.empty()) {
            const std::string_view first = endings.substr(0, endings.find(' '));
            if (first == ending) return &container;
            endings.remove_prefix(std::min(endings.size(), first.size() + 1));
        }
    }
    return nullptr;
}

}  // namespace mrcz
