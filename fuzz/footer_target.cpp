// Footer and chunk index, as they stand at the end of a file. The first byte's lowest bit says whether hashes and CRC
// are made to hold, the second byte how many chunks the index is of.
#include "bounds.hpp"
#include "container/chunk_index.hpp"
#include "container/footer.hpp"
#include "container/frame_records.hpp"
#include "container/original.hpp"
#include "mrcz/error.hpp"
#include "seal.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

void read_section(const ByteSource& source, const container::SectionEntry& entry) {
    try {
        const container::Section section = container::load_section(source, entry, small_limits.metadata_bytes);
        if (entry.id == container::section::original) (void)container::parse_original(section.payload);
        if (entry.id == container::section::frame_hashes) (void)container::parse_hashes(section.payload);
        if (entry.id == container::section::frame_statistics) (void)container::parse_statistics(section.payload);
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;  // a damaged section takes nothing from the others
    }
}

}  // namespace

void run_footer(std::span<const std::byte> input) {
    if (input.size() < 2) return;
    const auto chunks = std::to_integer<std::uint64_t>(input[1]);
    Bytes file(input.begin() + 2, input.end());
    if ((std::to_integer<unsigned>(input[0]) & 1U) != 0) {
        seal_footer(file, 0);
        seal_index(file, chunks);
    }
    const auto source = make_memory_source(std::move(file), "footer");
    (void)container::read_index(*source, chunks, 0, source->size());
    if (!container::has_footer_magic(*source, 0)) return;
    const container::Footer footer = container::read_footer(*source, 0);
    for (const container::SectionEntry& entry : footer.sections) read_section(*source, entry);
    container::check_padding(*source, 0, footer);
}

}  // namespace mrcz::fuzz
