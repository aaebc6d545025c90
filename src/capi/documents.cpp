// What a file carries beside its pixels: documents, findings, sections, statistics.
#include <algorithm>

#include "capi/arguments.hpp"
#include "capi/handles.hpp"
#include "capi/lasting.hpp"
#include "capi/statistics.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::capi {
namespace {

/// Null and 0 where there is nothing to give.
template <class Text>
void give_text(std::string_view found, Text** text, std::size_t* bytes) {
    if (!found.empty()) *text = copied(found);
    if (bytes != nullptr) *bytes = found.size();
}

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Row>
void give_rows(const std::vector<Row>& found, Row** rows, std::size_t* count) {
    if (!found.empty()) {
        *rows = static_cast<Row*>(allocated(found.size() * sizeof(Row)));
        std::ranges::copy(found, *rows);
    }
    *count = found.size();
}

std::int32_t number_of(MetadataFormat format) {
    return format == MetadataFormat::json ? MRCZ_METADATA_JSON : MRCZ_METADATA_MSGPACK;
}

void give_metadata(const Metadata& metadata, std::int32_t format, char** document, std::size_t* bytes) {
    if (format == MRCZ_METADATA_JSON) return give_text(metadata.to_json(), document, bytes);
    if (format == MRCZ_METADATA_MSGPACK)
        return give_text(as_text(metadata.converted_to(MetadataFormat::msgpack).stored()), document, bytes);
    give_text(as_text(metadata.stored()), document, bytes);
}

mrcz_section in_c(const SectionInfo& section) {
    mrcz_section row{};
    std::ranges::copy(std::string_view(section.id).substr(0, sizeof row.id - 1), row.id);
    row.meaning = lasting(section.meaning);
    row.stored_bytes = section.stored_bytes;
    row.raw_bytes = section.raw_bytes;
    return row;
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_reader_extended_header(const mrcz_reader* reader, void** bytes, std::size_t* size) {
    return guarded(__func__, [&] {
        require(bytes, "bytes");
        *bytes = nullptr;
        require(size, "size");
        require(reader, "reader");
        give_text(as_text(reader->reader->extended_header()), bytes, size);
    });
}

std::int32_t mrcz_reader_metadata(const mrcz_reader* reader, std::int32_t format, char** document, std::size_t* bytes,
                                  std::int32_t* stored_format) {
    return guarded(__func__, [&] {
        require(document, "document");
        *document = nullptr;
        require(bytes, "bytes");
        require(reader, "reader");
        if (format < MRCZ_METADATA_AS_STORED || format > MRCZ_METADATA_MSGPACK)
            mrcz::fail(mrcz::ErrorCode::invalid_argument, "format is ", format, "; it is 0 to ",
                       int{MRCZ_METADATA_MSGPACK});
        const auto metadata = reader->reader->metadata();
        if (metadata) give_metadata(*metadata, format, document, bytes);
        if (!metadata) *bytes = 0;
        if (stored_format != nullptr) *stored_format = metadata ? number_of(metadata->format()) : 0;
    });
}

std::int32_t mrcz_reader_provenance(const mrcz_reader* reader, char** json, std::size_t* bytes) {
    return guarded(__func__, [&] {
        require(json, "json");
        *json = nullptr;
        require(reader, "reader");
        const std::string found = reader->reader->provenance();
        *json = copied(found);
        if (bytes != nullptr) *bytes = found.size();
    });
}

std::int32_t mrcz_reader_info_json(const mrcz_reader* reader, std::int32_t is_indented, char** json,
                                   std::size_t* bytes) {
    return guarded(__func__, [&] {
        require(json, "json");
        *json = nullptr;
        require(reader, "reader");
        give_text(mrcz::info_json(*reader->reader, is_indented != 0), json, bytes);
    });
}

std::int32_t mrcz_reader_finding(const mrcz_reader* reader, std::int32_t index, mrcz_finding* finding) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(finding, "finding");
        const auto& findings = reader->reader->findings();
        if (index < 0 || static_cast<std::size_t>(index) >= findings.size())
            mrcz::fail(mrcz::ErrorCode::invalid_argument, "index is ", index, "; there are ", findings.size(),
                       " findings");
        const mrcz::Finding& found = findings[static_cast<std::size_t>(index)];
        mrcz_finding row{};
        row.rule = found.rule.c_str();
        row.field = found.field.c_str();
        row.message = found.message.c_str();
        row.severity = found.severity == mrcz::Severity::note ? MRCZ_NOTE : MRCZ_WARNING;
        give(row, finding, "finding");
    });
}

std::int32_t mrcz_reader_sections(const mrcz_reader* reader, mrcz_section** sections, std::size_t* count) {
    return guarded(__func__, [&] {
        require(sections, "sections");
        *sections = nullptr;
        require(count, "count");
        require(reader, "reader");
        std::vector<mrcz_section> rows;
        for (const mrcz::SectionInfo& section : reader->reader->sections()) rows.push_back(in_c(section));
        give_rows(rows, sections, count);
    });
}

std::int32_t mrcz_reader_statistics(const mrcz_reader* reader, mrcz_statistics** statistics, std::size_t* count) {
    return guarded(__func__, [&] {
        require(statistics, "statistics");
        *statistics = nullptr;
        require(count, "count");
        require(reader, "reader");
        std::vector<mrcz_statistics> rows;
        for (const mrcz::FrameStatistics& frame : reader->reader->statistics()) rows.push_back(in_c(frame));
        give_rows(rows, statistics, count);
    });
}
