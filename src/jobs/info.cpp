#include <map>
#include <type_traits>

#include "jobs/findings_json.hpp"
#include "jobs/header_json.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

using meta::JsonWriter;

void write_field(JsonWriter& json, const ExtendedField& field) {
    json.key(field.name);
    std::visit(
        [&json](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
                json.value(std::string_view(value));
            } else {
                json.value(value);
            }
        },
        field.value);
}

/// Records until their text would outgrow what metadata may take.
void write_records(JsonWriter& json, const ExtendedHeader& extended, std::map<std::string, std::string_view>& units) {
    constexpr std::uint64_t field_bytes = 64;  // a generous guess of a field's text
    std::uint64_t room = Limits{}.metadata_bytes / field_bytes;
    json.key("records").begin_array();
    for (std::int64_t index = 0; index < extended.record_count(); ++index) {
        const auto fields = extended.record(index);
        if (fields.size() + 1 > room) break;
        room -= fields.size() + 1;
        json.begin_object();
        for (const ExtendedField& field : fields) {
            write_field(json, field);
            if (!field.unit.empty()) units.emplace(field.name, field.unit);
        }
        json.end_object();
    }
    json.end_array();
}

void write_extended_header(JsonWriter& json, const Reader& reader) {
    const ExtendedHeader extended = reader.decoded_extended_header();
    json.key("extended_header");
    if (extended.kind() == ExtendedHeaderKind::none) {
        json.null();
        return;
    }
    json.begin_object()
        .member("kind", kind_name(extended.kind()))
        .member("bytes", extended.bytes())
        .member("record_bytes", extended.record_bytes())
        .member("record_count", extended.record_count());
    std::map<std::string, std::string_view> units;
    write_records(json, extended, units);
    json.key("units").begin_object();
    for (const auto& [name, unit] : units) json.member(name, unit);
    json.end_object().end_object();
}

void write_volumes(JsonWriter& json, const Reader& reader) {
    json.key("volumes");
    if (reader.volume_sections() == 0) {
        json.null();
        return;
    }
    json.begin_object()
        .member("count", reader.frames() / reader.volume_sections())
        .member("sections", reader.volume_sections())
        .end_object();
}

/// What DMIN, DMAX, DMEAN and RMS say, null where they say that they do not know.
void write_header_statistics(JsonWriter& json, const FrameStatistics& statistics) {
    json.key("header_statistics")
        .begin_object()
        .member("min", statistics.minimum)
        .member("max", statistics.maximum)
        .member("mean", statistics.mean)
        .member("std", statistics.standard_deviation)
        .end_object();
}

/// Codecs that choose a way for each frame.
void write_coding(JsonWriter& json, const Reader& reader) {
    json.key("coding");
    const auto modes = reader.coding_modes();
    if (modes.empty()) {
        json.null();
        return;
    }
    json.begin_object().key("modes").begin_object();
    for (const CodingMode& mode : modes) json.member(mode.name, mode.frames);
    json.end_object();
    const double pixels =
        static_cast<double>(pixel_count(reader.frame_format())) * static_cast<double>(reader.frames());
    json.member("models", static_cast<std::uint64_t>(reader.models()))
        .member("model_bytes", reader.model_bytes())
        .member("bits_per_pixel", 8 * static_cast<double>(reader.stored_data_bytes()) / pixels);
    json.key("order0_bits_per_pixel");
    if (const auto entropy = reader.entropy()) {
        json.value(*entropy);
    } else {
        json.null();
    }
    json.end_object();
}

void write_sections(JsonWriter& json, const Reader& reader) {
    json.key("sections").begin_array();
    for (const SectionInfo& section : reader.sections())
        json.begin_object()
            .member("id", std::string_view(section.id))
            .member("stored_bytes", section.stored_bytes)
            .member("raw_bytes", section.raw_bytes)
            .end_object();
    json.end_array();
}

void write_statistics(JsonWriter& json, const Reader& reader) {
    json.key("frame_statistics").begin_array();
    for (const FrameStatistics& frame : reader.statistics())
        json.begin_object()
            .member("min", frame.minimum)
            .member("max", frame.maximum)
            .member("mean", frame.mean)
            .member("std", frame.standard_deviation)
            .member("nan", frame.nan_count)
            .end_object();
    json.end_array();
}

void write_documents(JsonWriter& json, const Reader& reader) {
    const auto metadata = reader.metadata();
    json.key("metadata");
    if (metadata) {
        json.raw(metadata->to_json());
    } else {
        json.null();
    }
    const std::string provenance = reader.provenance();
    json.key("provenance").raw(provenance.empty() ? "[]" : provenance);
}

}  // namespace

std::string info_json(const Reader& reader, bool indented) {
    JsonWriter json(indented);
    json.begin_object();
    json.member("file", std::string_view(reader.name()));
    json.member("file_bytes", reader.file_bytes());
    json.member("columns", reader.columns()).member("rows", reader.rows()).member("frames", reader.frames());
    write_volumes(json, reader);
    json.member("pixel_type", info_of(reader.pixel_type()).name);
    json.member("byte_order", std::string_view(reader.is_big_endian() ? "big" : "little"));
    json.key("voxel_angstrom").begin_array();
    for (const double edge : reader.header().voxel_angstrom()) json.value(edge);
    json.end_array();
    json.member("codec", reader.codec().name);
    json.member("data_bytes", reader.frame_bytes() * static_cast<std::uint64_t>(reader.frames()));
    json.member("stored_data_bytes", reader.stored_data_bytes());
    json.member("random_access", reader.has_random_access());
    write_coding(json, reader);
    write_header_statistics(json, reader.header().statistics());
    json.key("header");
    jobs::write_header(json, reader.header());
    json.key("original_header");
    if (const auto original = reader.original_header()) {
        jobs::write_header(json, *original);
    } else {
        json.null();
    }
    write_extended_header(json, reader);
    write_sections(json, reader);
    jobs::write_findings(json, reader.findings());
    write_documents(json, reader);
    write_statistics(json, reader);
    return json.end_object().take();
}

}  // namespace mrcz
