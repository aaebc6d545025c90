#include "container/metadata_section.hpp"

#include "meta/json_writer.hpp"
#include "mrcz/version.hpp"

namespace mrcz::container {

Section metadata_section(const Metadata& metadata) {
    const bool msgpack = metadata.format() == MetadataFormat::msgpack;
    const auto stored = metadata.stored();
    return {std::string(section::metadata), std::string(msgpack ? encoding::msgpack : encoding::json), 0,
            Bytes(stored.begin(), stored.end())};
}

Section provenance_section(std::string_view step, std::string_view codec) {
    meta::JsonWriter json;
    json.begin_array().begin_object();
    json.member("step", step).member("codec", codec).member("lossless", true);
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
    const std::string text = json.end_object().end_array().take();
    const auto bytes = std::as_bytes(std::span(text));
    return {std::string(section::provenance), std::string(encoding::json), 0, Bytes(bytes.begin(), bytes.end())};
}

}  // namespace mrcz::container
