#include "container/growth_start.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/fail.hpp"
#include "container/frame_records.hpp"
#include "container/frame_scan.hpp"
#include "header/compose.hpp"

namespace mrcz::container {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::array remade{section::models,      section::frame_hashes,     section::chunk_hashes,
                            section::header_hash, section::frame_statistics, section::entropy};
/// Of exactly the frames there were: the original file, their sum.
constexpr std::array of_those_frames{section::original, section::sum};

/// Statistics of a file that keeps none of its frames: the header's, as if every frame had them.
FrameStatistics header_statistics(const Header& header) {
    const FrameStatistics found = header.statistics();
    const bool possible = !(found.mean > found.maximum) && !std::isnan(found.minimum);
    return possible ? found : FrameStatistics{unknown, unknown, unknown, unknown, 0};
}

void require_growable(const MrcFile& file) {
    const header::Layout& layout = file.layout();
    if (layout.codec_id == 0 && layout.order == ByteOrder::big) {
        std::array<std::byte, Header::bytes_on_disk> stored{};
        file.source().read_at(0, stored);
        if (header::swapped(layout.header).bytes() != stored)
            fail(ErrorCode::unsupported, "header: its byte order is mixed; compress the file and append to that");
    }
    if (layout.codec_id == 0 && layout.packing == RowPacking::contiguous)
        fail(ErrorCode::unsupported, "header: NX ", layout.columns,
             ": only the end of the file tells how its odd rows of 4-bit pixels lie; compress the file and append to "
             "that");
    if (layout.codec_id == 0) {
        const std::uint64_t behind =
            file.source().size() - file.data_end() - (file.footer() ? file.footer()->bytes : 0);
        if (behind > 0)
            fail(ErrorCode::unsupported, behind,
                 " bytes follow the pixels that are no part of a footer; frames would "
                 "overwrite them. Compress the file and append to that");
    }
}

/// Hashes and statistics as the footer has them; nothing when one is missing.
bool take_tables(const MrcFile& file, FrameTables& tables) {
    const auto statistics = file.statistics();
    const auto chunk_hashes = file.chunk_hashes();
    const bool compressed = file.codec().id != 0;
    const auto frames = static_cast<std::size_t>(file.frames());
    if (statistics.size() != frames || (compressed && chunk_hashes.size() != frames)) return false;
    if (frames > 0 && !file.frame_hash(0)) return false;
    for (std::size_t i = 0; i < frames; ++i) {
        const auto frame = static_cast<std::int64_t>(i);
        CodedFrame known;
        known.chunk_hash = compressed ? chunk_hashes[i] : 0;
        known.frame_hash = *file.frame_hash(frame);
        known.statistics = statistics[i];
        tables.add(file.range_of(frame), known);
    }
    if (const auto bits = file.entropy()) tables.add_entropy({file.frames(), *bits});
    return true;
}

/// One that is damaged is dropped as if it could not be extended.
std::optional<SumImage> sum_of(const MrcFile& file) {
    try {
        return file.sum();
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
        return std::nullopt;
    }
}

FrameTables tables_of(const MrcFile& file, const RunContext& context) {
    FrameTables tables = tables_of_models(file);
    if (take_tables(file, tables)) return tables;
    if (file.codec().id != 0) {
        scan_frames(
            file, 0, file.frames(), {},
            [&](const ScannedFrame& frame) {
                if (!frame.trouble.empty()) fail(ErrorCode::corrupt, "frame ", frame.frame, ": ", frame.trouble);
                tables.add(frame.range, frame.coded);
            },
            context);
        return tables;
    }
    for (std::int64_t frame = 0; frame < file.frames(); ++frame)
        tables.add_unhashed(header_statistics(file.layout().header));
    return tables;
}

}  // namespace

FrameTables tables_of_models(const MrcFile& file) {
    FrameTables tables;
    for (const Models::Place& place : file.models().places()) tables.add_model(place.range.offset);
    return tables;
}

bool is_of_all_frames(std::string_view id) noexcept {
    return std::ranges::find(of_those_frames, id) != of_those_frames.end();
}

std::vector<Section> lasting_sections(const ByteSource& source, const Footer& footer, const Limits& limits,
                                      std::vector<std::string>& dropped) {
    std::vector<Section> sections;
    for (const SectionEntry& entry : footer.sections) {
        if (std::ranges::find(remade, entry.id) != remade.end()) continue;
        if (is_of_all_frames(entry.id)) {
            dropped.push_back(entry.id);
        } else {
            sections.push_back(load_section(source, entry, limits.metadata_bytes));
        }
    }
    return sections;
}

GrowthStart growth_start(const MrcFile& file, const RunContext& context) {
    require_growable(file);
    GrowthStart start{.layout = file.layout(),
                      .extended_header = file.extended_header(),
                      .data_end = file.data_end(),
                      .tables = tables_of(file, context),
                      .sections = {},
                      .dropped = {},
                      .sum = sum_of(file),
                      .section_voxel = 0};
    if (file.footer()) start.sections = lasting_sections(file.source(), *file.footer(), file.limits(), start.dropped);
    return start;
}

void tell_dropped(const std::vector<std::string>& dropped, const std::string& name, const RunContext& context) {
    if (!context.log) return;
    for (const std::string& id : dropped)
        context.log(id == section::original
                        ? concat(name, " no longer restores the file it was made from: section ORIG is dropped")
                        : concat(name, ": section ", id, " was of fewer frames and is dropped"));
}

}  // namespace mrcz::container
