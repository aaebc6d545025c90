#include "jobs/kept_sections.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "container/footer.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/restore.hpp"
#include "mrcz/provenance.hpp"

namespace mrcz::jobs {
namespace {

using container::MrcFile;
using container::Original;
using container::Section;
using container::SectionEntry;

bool is_of_the_user(std::string_view id) {
    return !is_made_anew(id) && id != container::section::original && id != container::section::provenance &&
           id != container::section::sum;
}

bool is_same(const Section& a, const Section& b) {
    return a.id == b.id && a.encoding == b.encoding && a.flags == b.flags && a.payload == b.payload;
}

template <class Load>
std::vector<Section> loaded(const container::Footer& footer, const Load& load) {
    std::vector<Section> sections;
    for (const SectionEntry& entry : footer.sections)
        if (is_of_the_user(entry.id)) sections.push_back(load(entry));
    return sections;
}

std::vector<Section> sections_in(const Bytes& trailing, std::uint64_t most) {
    if (!is_footer(trailing)) return {};
    const auto source = make_memory_source(trailing, "the original's footer");
    return loaded(container::read_footer(*source, 0),
                  [&](const SectionEntry& entry) { return container::load_section(*source, entry, most); });
}

}  // namespace

std::vector<Section> user_sections(const MrcFile& file) {
    if (!file.footer()) return {};
    return loaded(*file.footer(),
                  [&](const SectionEntry& entry) { return file.load(entry, file.limits().metadata_bytes); });
}

std::vector<Section> sections_beyond(const MrcFile& file, const Original& original) {
    std::vector<Section> sections = user_sections(file);
    const std::vector<Section> own = sections_in(original.trailing, file.limits().metadata_bytes);
    std::erase_if(sections, [&](const Section& section) {
        return std::ranges::any_of(own, [&](const Section& other) { return is_same(section, other); });
    });
    return sections;
}

std::vector<std::string> corrections_of(const MrcFile& file) {
    const auto provenance = file.section(container::section::provenance, file.limits().metadata_bytes);
    return provenance ? corrections_of({*provenance}, file.limits()) : std::vector<std::string>{};
}

std::vector<std::string> corrections_of(const std::vector<Section>& sections, const Limits& limits) {
    const auto found = std::ranges::find(sections, container::section::provenance, &Section::id);
    if (found == sections.end() || found->encoding != container::encoding::json) return {};
    return corrections_in({reinterpret_cast<const char*>(found->payload.data()), found->payload.size()}, limits);
}

bool is_footer(const Bytes& trailing) {
    const auto source = make_memory_source(trailing, "trailing bytes");
    if (!container::has_footer_magic(*source, 0)) return false;
    try {
        return container::read_footer(*source, 0).bytes == trailing.size();
    } catch (const Error&) {
        return false;
    }
}

void restore_with_sections(const MrcFile& file, const Original& original, io::ByteSink& sink,
                           const std::function<void(const StreamedFrame&)>& each_frame, const RunContext& context) {
    const bool adds_footer = !sections_beyond(file, original).empty();
    if (adds_footer && !original.trailing.empty() && !is_footer(original.trailing))
        fail(ErrorCode::unsupported, original.trailing.size(),
             " bytes follow the pixels in the original, where a footer with the metadata would have to stand; restore "
             "without --keep-metadata, and take the metadata out with mrcz info --metadata");
    const std::uint64_t kept = original.file_bytes - (adds_footer ? original.trailing.size() : 0);
    const auto write = [&](std::span<const std::byte> bytes) {
        const std::uint64_t room = kept - std::min(kept, sink.written());
        sink.write(bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()))));
    };
    restore_original(file, original, write, each_frame, context);
    if (!adds_footer) return;
    container::write_footer(sink,
                            {.data_offset = file.layout().data_offset,
                             .chunk_count = static_cast<std::uint64_t>(file.frames()),
                             .frames_per_chunk = 1,
                             .flags = 0},
                            user_sections(file));
}

}  // namespace mrcz::jobs
