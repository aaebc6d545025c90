#include "container/file_checks.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "container/frame_records.hpp"
#include "container/repair_hint.hpp"
#include "container/sum_section.hpp"
#include "mrcz/metadata.hpp"

namespace mrcz::container {
namespace {

/// Every section's own hash, META's and PROV's syntax with them.
void check_sections(const MrcFile& file) {
    check_padding(file.source(), file.data_end(), *file.footer());
    const std::uint64_t most = std::max({most_original_bytes(file.limits()), file.limits().metadata_bytes,
                                         statistics_entry_bytes * static_cast<std::uint64_t>(file.frames())});
    for (const SectionEntry& entry : file.footer()->sections) {
        const bool is_sum = entry.id == section::sum;
        const auto section = file.load(entry, is_sum ? most_sum_bytes(file.limits()) : most);
        const std::string_view text(reinterpret_cast<const char*>(section.payload.data()), section.payload.size());
        if (section.encoding == encoding::json) (void)Metadata::from_json(text, file.limits());
        if (section.encoding == encoding::msgpack) (void)Metadata::from_msgpack(section.payload, file.limits());
    }
    (void)file.sum();
}

void check_models(const MrcFile& file) {
    file.models().require_sound();
    const auto listed = file.section(section::models, file.limits().metadata_bytes);
    Bytes found;
    for (const Models::Place& place : file.models().places()) append_le(found, place.range.offset);
    if (listed ? listed->payload != found : !found.empty())
        fail(ErrorCode::corrupt, "footer: section MODL does not list the ", file.models().places().size(),
             " models that are in the file");
}

std::uint64_t end_of_parts(const MrcFile& file) {
    const std::uint64_t footer = file.footer() ? file.footer()->bytes : 0;
    const bool indexed = file.codec().id != 0 && file.footer();
    return file.data_end() + footer + (indexed ? index_bytes(static_cast<std::uint64_t>(file.frames())) : 0);
}

}  // namespace

void check_around_frames(const MrcFile& file) {
    file.require_undamaged();
    if (!file.footer()) return;
    hinting_repair(file.frames_located() > 0, [&] {
        check_sections(file);
        if (file.codec_row().has_own_chunks()) check_models(file);
        if (file.codec().id != 0 && end_of_parts(file) != file.source().size())
            fail(ErrorCode::corrupt, "file: ", file.source().size(), " bytes, but its parts make ", end_of_parts(file));
    });
}

bool is_sound_around_frames(const MrcFile& file) {
    try {
        check_around_frames(file);
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
        return false;
    }
    return file.codec().id != 0 || end_of_parts(file) == file.source().size();
}

}  // namespace mrcz::container
