#include "jobs/header_json.hpp"

namespace mrcz::jobs {
namespace {

using meta::JsonWriter;

void write_text(JsonWriter& json, std::string_view text) {
    const std::size_t last = text.find_last_not_of(std::string_view(" \0", 2));
    json.value(last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1));
}

void write_value(JsonWriter& json, const Header& header, const HeaderFieldInfo& field, std::size_t index) {
    switch (field.type) {
        case HeaderFieldType::f32:
            json.value(static_cast<double>(header.real(field.field, index)));
            break;
        case HeaderFieldType::text:
            write_text(json, header.text(field.field, index));
            break;
        default:
            json.value(header.integer(field.field, index));
    }
}

}  // namespace

void write_header(meta::JsonWriter& json, const Header& header) {
    json.begin_object();
    for (const HeaderFieldInfo& field : header_fields()) {
        json.key(field.name);
        if (field.count > 1) json.begin_array();
        for (std::size_t index = 0; index < field.count; ++index) write_value(json, header, field, index);
        if (field.count > 1) json.end_array();
    }
    json.end_object();
}

}  // namespace mrcz::jobs
