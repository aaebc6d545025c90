#include "container/metadata_section.hpp"

#include <algorithm>

#include "meta/json_writer.hpp"
#include "mrcz/version.hpp"

namespace mrcz::container {

Section metadata_section(const Metadata& metadata) {
    const bool msgpack = metadata.format() == MetadataFormat::msgpack;
    const auto stored = metadata.stored();
    return {std::string(section::metadata), std::string(msgpack ? encoding::msgpack : encoding::json), 0,
            Bytes(stored.begin(), stored.end())};
}

Metadata metadata_in(const Section& section, const Limits& limits) {
    if (section.encoding == encoding::msgpack) return Metadata::from_msgpack(section.payload, limits);
    return Metadata::from_json({reinterpret_cast<const char*>(section.payload.data()), section.payload.size()}, limits);
}

namespace {

Section provenance_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {std::string(section::provenance), std::string(encoding::json), 0, Bytes(bytes.begin(), bytes.end())};
}

/// The array's text without its bracket at the end; of anything else, an array that holds it.
std::string open_array(const Section& provenance) {
    const std::string_view stored(reinterpret_cast<const char*>(provenance.payload.data()), provenance.payload.size());
    std::string text = Metadata::from_json(stored).to_json();
    if (!text.starts_with('[')) return "[" + text;
    text.pop_back();
    return text;
}

}  // namespace

std::string conversion_step(PixelType from, PixelType to, const ConversionRules& allowed,
                            const ConversionResult& changed) {
    meta::JsonWriter json;
    json.begin_object().member("step", std::string_view("convert"));
    json.member("from", info_of(from).name).member("to", info_of(to).name);
    json.member("clip", allowed.clip).member("round", allowed.round);
    json.member("clipped", changed.clipped).member("rounded", changed.rounded);
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
    return json.end_object().take();
}

std::string coding_step(std::string_view step, std::string_view codec) {
    meta::JsonWriter json;
    json.begin_object().member("step", step).member("codec", codec).member("lossless", true);
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
    return json.end_object().take();
}

void add_provenance_step(std::vector<Section>& sections, std::string_view step) {
    const auto found = std::ranges::find(sections, section::provenance, &Section::id);
    std::string text = found == sections.end() ? "[" : open_array(*found);
    if (text.size() > 1) text += ',';
    Section provenance = provenance_of(text.append(step) + "]");
    if (found == sections.end()) {
        sections.push_back(std::move(provenance));
    } else {
        *found = std::move(provenance);
    }
}

Section edited_provenance(std::string_view earlier) {
    std::vector<Section> sections{provenance_of(earlier)};
    meta::JsonWriter json;
    json.begin_object().member("step", std::string_view("edit"));
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
    add_provenance_step(sections, json.end_object().take());
    return std::move(sections.front());
}

Section provenance_section(std::string_view step, std::string_view codec, std::string_view earlier) {
    std::vector<Section> sections;
    if (!earlier.empty()) sections.push_back(provenance_of(earlier));
    add_provenance_step(sections, coding_step(step, codec));
    return std::move(sections.front());
}

}  // namespace mrcz::container
