#include "container/file_assembler.hpp"

#include <limits>

#include "base/fail.hpp"
#include "container/chunk_index.hpp"
#include "container/footer.hpp"
#include "container/frame_records.hpp"
#include "header/compose.hpp"
#include "simd/hash.hpp"

namespace mrcz::container {
namespace {

Section raw_section(std::string_view id, Bytes payload) {
    return {std::string(id), std::string(encoding::raw), 0, std::move(payload)};
}

}  // namespace

FileAssembler::FileAssembler(io::ByteSink& sink, const Header& header, Bytes extended_header, const CodecInfo& codec,
                             std::uint64_t pixels_per_frame)
    : sink_(sink),
      header_(header),
      extended_header_(std::move(extended_header)),
      codec_(codec),
      pixels_per_frame_(pixels_per_frame) {
    header_.set_integer(HeaderField::nsymbt, static_cast<std::int64_t>(extended_header_.size()));
    sink_.write(header_.bytes());
    sink_.write(extended_header_);
}

void FileAssembler::add(const CodedFrame& frame) {
    append_entry(index_, {sink_.written(), frame.chunk.size()});
    append_le(frame_hashes_, frame.frame_hash);
    append_le(chunk_hashes_, frame.chunk_hash);
    statistics_.push_back(frame.statistics);
    sink_.write(frame.chunk);
}

void FileAssembler::finish(std::vector<Section> sections) {
    const bool compressed = codec_.id != 0;
    finish_header();
    if (compressed || !sections.empty()) {
        const FooterFacts facts{.data_offset = Header::bytes_on_disk + extended_header_.size(),
                                .chunk_count = static_cast<std::uint64_t>(frames()),
                                .frames_per_chunk = 1,
                                .flags = compressed ? footer_has_index : 0};
        for (Section& own : own_sections()) sections.push_back(std::move(own));
        write_footer(sink_, facts, std::move(sections));
    }
    if (compressed) {
        seal_index(index_);
        sink_.write(index_);
    }
    sink_.rewrite(0, header_.bytes());
}

void FileAssembler::finish_header() {
    if (frames() > std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, frames(), " frames are more than an MRC header can count");
    const std::uint64_t data_bytes = sink_.written() - Header::bytes_on_disk - extended_header_.size();
    header_.set_integer(HeaderField::nz, frames());
    if (codec_.id != 0) header_.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(data_bytes));
    if (frames() > 0) header::set_statistics(header_, combined(statistics_, pixels_per_frame_));
}

std::vector<Section> FileAssembler::own_sections() {
    simd::Hasher64 hasher;
    hasher.update(header_.bytes());
    hasher.update(extended_header_);
    Bytes header_hash;
    append_le(header_hash, hasher.digest());
    Bytes statistics;
    statistics.reserve(statistics_.size() * statistics_entry_bytes);
    for (const FrameStatistics& frame : statistics_) append_statistics(statistics, frame);
    std::vector<Section> own;
    own.push_back(raw_section(section::frame_hashes, std::move(frame_hashes_)));
    if (codec_.id != 0) own.push_back(raw_section(section::chunk_hashes, std::move(chunk_hashes_)));
    own.push_back(raw_section(section::header_hash, std::move(header_hash)));
    own.push_back(raw_section(section::frame_statistics, std::move(statistics)));
    return own;
}

}  // namespace mrcz::container
