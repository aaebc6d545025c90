#include "jobs/carried.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "container/metadata_section.hpp"
#include "jobs/header_json.hpp"
#include "meta/base64.hpp"
#include "mrcz/version.hpp"
#include "simd/hash.hpp"

namespace mrcz::jobs {
namespace {

using container::Section;
using meta::JsonValue;
using meta::JsonWriter;

/// Attributes are read whole by whoever opens the array.
constexpr std::size_t most_bytes = std::size_t{4} << 20;

std::string_view text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::optional<Bytes> bytes_of(const JsonValue& object, std::string_view key) {
    const JsonValue* const value = object.find(key);
    const auto text = value == nullptr ? std::nullopt : value->text();
    return text ? meta::from_base64(*text) : std::nullopt;
}

std::string text_of(const JsonValue& object, std::string_view key) {
    const JsonValue* const value = object.find(key);
    return std::string(value == nullptr ? std::string_view() : value->text().value_or(std::string_view()));
}

bool is_readable(const Section& section) {
    return section.id == container::section::metadata || section.id == container::section::provenance;
}

void write_metadata(JsonWriter& json, const Section& section) {
    if (section.encoding == container::encoding::json) {
        json.key("metadata").raw(text_of(section.payload));
        return;
    }
    json.key("metadata").raw(Metadata::from_msgpack(section.payload).to_json());
    json.key("metadata_msgpack").value(std::string_view(meta::base64(section.payload)));
}

void write_section(JsonWriter& json, const Section& section) {
    const Bytes smaller = container::compress_section(section.payload);
    json.begin_object().member("id", std::string_view(section.id));
    json.member("encoding", std::string_view(section.encoding)).member("flags", section.flags);
    json.member("raw_bytes", static_cast<std::uint64_t>(section.payload.size()));
    json.member("compression", std::string_view(smaller.empty() ? "none" : "zstd"));
    json.member("base64", std::string_view(meta::base64(smaller.empty() ? section.payload : smaller)));
    json.end_object();
}

void write_sections(JsonWriter& json, const std::vector<Section>& sections, std::vector<std::string>& left_behind) {
    json.key("sections").begin_array();
    for (const Section& section : sections) {
        if (is_readable(section)) continue;
        if (section.payload.size() <= most_bytes) {
            write_section(json, section);
        } else {
            left_behind.push_back(concat("section ", section.id, " (", section.payload.size(), " bytes)"));
        }
    }
    json.end_array();
}

/// The text is what people edit; what JSON cannot hold is in the other.
std::optional<Section> read_metadata(const JsonValue& value, const Limits& limits) {
    const JsonValue* const readable = value.find("metadata");
    if (readable == nullptr) return std::nullopt;
    const Metadata document = Metadata::from_json(readable->to_json(), limits);
    if (const auto packed = bytes_of(value, "metadata_msgpack")) {
        const Metadata exact = Metadata::from_msgpack(*packed, limits);
        if (exact.to_json() == document.to_json()) return container::metadata_section(exact);
    }
    return container::metadata_section(document);
}

std::optional<Section> read_section(const JsonValue& value, const Limits& limits) {
    Section section{text_of(value, "id"), text_of(value, "encoding"), 0, {}};
    const JsonValue* const raw = value.find("raw_bytes");
    const std::uint64_t raw_bytes = raw == nullptr ? 0 : raw->whole_number().value_or(most_bytes + 1);
    auto stored = bytes_of(value, "base64");
    if (section.id.size() != 4 || section.encoding.size() != 4 || raw_bytes > most_bytes || !stored ||
        is_readable(section) || raw_bytes > limits.metadata_bytes)
        return std::nullopt;
    const bool compressed = text_of(value, "compression") == "zstd";
    section.payload = compressed ? container::decompress_section(*stored, raw_bytes) : *std::move(stored);
    return section;
}

/// What throws is damaged, or was never ours.
template <class Work>
auto if_whole(const Work& work) -> decltype(work()) {
    try {
        return work();
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

std::string hash_of_frame_hashes(std::span<const std::uint64_t> hashes) {
    Bytes table;
    for (const std::uint64_t hash : hashes) append_le(table, hash);
    return hex(simd::hash64(table)).substr(2);
}

void write_carried(JsonWriter& json, const Carried& carried, std::vector<std::string>& left_behind) {
    json.begin_object().member("program", std::string_view(concat("mrcz ", version)));
    if (carried.header) {
        write_header(json.key("header"), *carried.header);
        json.member("header_bytes", std::string_view(meta::base64(carried.header->bytes())));
    }
    if (carried.extended_header.size() > most_bytes) {
        left_behind.push_back(concat("extended header (", carried.extended_header.size(), " bytes)"));
    } else if (!carried.extended_header.empty()) {
        json.member("extended_header", std::string_view(meta::base64(carried.extended_header)));
    }
    for (const Section& section : carried.sections) {
        if (section.id == container::section::metadata) write_metadata(json, section);
        if (section.id == container::section::provenance) json.key("provenance").raw(text_of(section.payload));
    }
    if (!carried.frames.empty()) json.member("frame_hashes", std::string_view(carried.frames));
    if (std::ranges::any_of(carried.sections, [](const Section& section) { return !is_readable(section); }))
        write_sections(json, carried.sections, left_behind);
    json.end_object();
}

Carried read_carried(const JsonValue& value, const Limits& limits) {
    Carried carried;
    if (const auto bytes = bytes_of(value, "header_bytes"); bytes && bytes->size() == Header::bytes_on_disk) {
        carried.header.emplace();
        std::ranges::copy(*bytes, carried.header->bytes().begin());
    }
    if (auto extended = bytes_of(value, "extended_header")) carried.extended_header = *std::move(extended);
    if (auto metadata = if_whole([&] { return read_metadata(value, limits); }))
        carried.sections.push_back(*std::move(metadata));
    if (const JsonValue* const steps = value.find("provenance");
        steps != nullptr && steps->is(JsonValue::Kind::array)) {
        const std::string text = steps->to_json();
        const auto bytes = std::as_bytes(std::span(text));
        carried.sections.push_back({std::string(container::section::provenance), std::string(container::encoding::json),
                                    0, Bytes(bytes.begin(), bytes.end())});
    }
    if (const JsonValue* const sections = value.find("sections"); sections != nullptr)
        for (const JsonValue& entry : sections->items())
            if (auto section = if_whole([&] { return read_section(entry, limits); }))
                carried.sections.push_back(*std::move(section));
    carried.frames = text_of(value, "frame_hashes");
    return carried;
}

}  // namespace mrcz::jobs
