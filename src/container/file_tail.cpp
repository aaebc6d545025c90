#include "container/file_tail.hpp"

#include "container/footer.hpp"

namespace mrcz::container {

void write_tail(io::ByteSink& sink, const TailContents& contents, std::vector<Section> sections) {
    if (contents.compressed || !sections.empty()) {
        const FooterFacts facts{.data_offset = Header::bytes_on_disk + contents.extended_header.size(),
                                .chunk_count = static_cast<std::uint64_t>(contents.tables.frames()),
                                .frames_per_chunk = 1,
                                .flags = contents.compressed ? footer_has_index : 0};
        for (Section& own : contents.tables.sections(contents.header, contents.extended_header, contents.compressed))
            sections.push_back(std::move(own));
        write_footer(sink, facts, std::move(sections));
    }
    if (contents.compressed) sink.write(contents.tables.index());
}

}  // namespace mrcz::container
