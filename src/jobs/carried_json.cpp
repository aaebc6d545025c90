#include <algorithm>

#include "base/fail.hpp"
#include "container/mrc_file.hpp"
#include "container/original.hpp"
#include "jobs/carried.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/open_input.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz {
namespace {

/// Empty where a frame has none.
std::vector<std::uint64_t> frame_hashes_of(const container::MrcFile& file) {
    std::vector<std::uint64_t> hashes;
    for (std::int64_t frame = 0; frame < file.frames(); ++frame) {
        const auto hash = file.frame_hash(frame);
        if (!hash) return {};
        hashes.push_back(*hash);
    }
    return hashes;
}

}  // namespace

CarriedJson carried_json(const std::filesystem::path& path, const Limits& limits, const RunContext& context) {
    return in_file(path.string(), [&] {
        const container::MrcFile file(jobs::open_source(Input::file(path), context), limits);
        jobs::Carried carried{file.layout().header, file.extended_header(), {}, {}};
        const std::uint64_t most = std::max(container::most_original_bytes(limits), limits.metadata_bytes);
        if (file.footer())
            for (const container::SectionEntry& entry : file.footer()->sections)
                if (!jobs::is_made_anew(entry.id)) carried.sections.push_back(file.load(entry, most));
        if (const auto hashes = frame_hashes_of(file); !hashes.empty())
            carried.frames = jobs::hash_of_frame_hashes(hashes);
        CarriedJson said;
        meta::JsonWriter json;
        jobs::write_carried(json, carried, said.left_behind);
        said.text = json.take();
        return said;
    });
}

}  // namespace mrcz
