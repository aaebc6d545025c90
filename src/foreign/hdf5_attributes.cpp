#include "foreign/hdf5_attributes.hpp"

#include <cstdint>
#include <vector>

#include "base/fail.hpp"

namespace mrcz::foreign {
namespace {

using meta::JsonWriter;

constexpr hssize_t most_items = 4096;

struct Attribute {
    Hdf5Handle handle;
    Hdf5Handle type;
    std::string name;
    hssize_t items = 0;
    bool is_list = false;
};

Attribute open(hid_t object, hsize_t index) {
    Attribute attribute;
    attribute.handle =
        Hdf5Handle(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, index, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                   "read an attribute");
    const ssize_t length = hdf5_checked(H5Aget_name(attribute.handle.get(), 0, nullptr), "read an attribute's name");
    attribute.name.resize(static_cast<std::size_t>(length) + 1);
    H5Aget_name(attribute.handle.get(), attribute.name.size(), attribute.name.data());
    attribute.name.pop_back();
    attribute.type = Hdf5Handle(H5Aget_type(attribute.handle.get()), H5Tclose, "read an attribute's type");
    const Hdf5Handle space(H5Aget_space(attribute.handle.get()), H5Sclose, "read an attribute's shape");
    attribute.items = H5Sget_simple_extent_npoints(space.get());
    attribute.is_list = H5Sget_simple_extent_ndims(space.get()) > 0;
    return attribute;
}

template <class Number>
std::vector<Number> numbers_of(const Attribute& attribute, hid_t native) {
    std::vector<Number> numbers(static_cast<std::size_t>(attribute.items));
    hdf5_checked(H5Aread(attribute.handle.get(), native, numbers.data()), "read an attribute");
    return numbers;
}

/// Of a fixed length, or each with memory of its own, which the library made.
std::vector<std::string> texts_of(const Attribute& attribute, const Limits& limits) {
    std::vector<std::string> texts;
    const auto count = static_cast<std::size_t>(attribute.items);
    if (H5Tis_variable_str(attribute.type.get()) > 0) {
        std::vector<char*> found(count, nullptr);
        Hdf5Handle memory(H5Tcopy(attribute.type.get()), H5Tclose, "read an attribute");
        hdf5_checked(H5Aread(attribute.handle.get(), memory.get(), found.data()), "read an attribute");
        for (char* text : found) {
            texts.emplace_back(text == nullptr ? "" : text);
            H5free_memory(text);
        }
        return texts;
    }
    const std::size_t size = H5Tget_size(attribute.type.get());
    if (size > limits.metadata_bytes / (count + 1)) return {};
    std::string all(size * count, '\0');
    hdf5_checked(H5Aread(attribute.handle.get(), attribute.type.get(), all.data()), "read an attribute");
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view text = std::string_view(all).substr(i * size, size);
        const std::size_t last = text.substr(0, text.find('\0')).find_last_not_of(' ');
        texts.emplace_back(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
    }
    return texts;
}

template <class Values>
void write_values(JsonWriter& json, const Attribute& attribute, const Values& values) {
    json.key(attribute.name);
    if (attribute.is_list) json.begin_array();
    for (const auto& value : values) json.value(value);
    if (attribute.is_list) json.end_array();
}

bool is_json_object(const std::string& text, const Limits& limits) {
    try {
        return meta::JsonValue::parse(text, limits).is(meta::JsonValue::Kind::object);
    } catch (const Error&) {
        return false;
    }
}

void write_texts(JsonWriter& json, const Attribute& attribute, const Limits& limits) {
    const std::vector<std::string> texts = texts_of(attribute, limits);
    if (texts.empty()) return;
    if (attribute.name == "mrc" && texts.size() == 1 && is_json_object(texts[0], limits)) {
        json.key(attribute.name).raw(texts[0]);
        return;
    }
    std::vector<std::string_view> views(texts.begin(), texts.end());
    write_values(json, attribute, views);
}

void write_attribute(JsonWriter& json, const Attribute& attribute, const Limits& limits) {
    if (attribute.items < 1 || attribute.items > most_items) return;
    switch (H5Tget_class(attribute.type.get())) {
        case H5T_INTEGER:
            if (H5Tget_sign(attribute.type.get()) == H5T_SGN_2)
                return write_values(json, attribute, numbers_of<std::int64_t>(attribute, H5T_NATIVE_INT64));
            return write_values(json, attribute, numbers_of<std::uint64_t>(attribute, H5T_NATIVE_UINT64));
        case H5T_FLOAT:
            return write_values(json, attribute, numbers_of<double>(attribute, H5T_NATIVE_DOUBLE));
        case H5T_STRING:
            return write_texts(json, attribute, limits);
        default:
            return;
    }
}

/// Gone from the file when it was there.
void write_attribute_anew(hid_t object, const std::string& name, hid_t type, hid_t space, const void* value) {
    if (H5Aexists(object, name.c_str()) > 0) H5Adelete(object, name.c_str());
    const Hdf5Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                               concat("write the attribute ", name));
    hdf5_checked(H5Awrite(attribute.get(), type, value), concat("write the attribute ", name), ErrorCode::io_failed);
}

}  // namespace

meta::JsonValue read_attributes(hid_t object, const Limits& limits) {
    JsonWriter json;
    json.begin_object();
    const int count = H5Aget_num_attrs(object);
    for (int i = 0; i < count; ++i) write_attribute(json, open(object, static_cast<hsize_t>(i)), limits);
    return meta::JsonValue::parse(json.end_object().take(), limits);
}

void write_text_attribute(hid_t object, const std::string& name, const std::string& text) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a type of texts");
    hdf5_checked(H5Tset_size(type.get(), H5T_VARIABLE), "make a type of texts");
    hdf5_checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a type of texts");
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose, "make a shape");
    const char* const value = text.c_str();
    write_attribute_anew(object, name, type.get(), space.get(), &value);
}

void write_numbers_attribute(hid_t object, const std::string& name, std::span<const double> numbers) {
    const hsize_t count = numbers.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "make a shape");
    write_attribute_anew(object, name, H5T_NATIVE_DOUBLE, space.get(), numbers.data());
}

}  // namespace mrcz::foreign
