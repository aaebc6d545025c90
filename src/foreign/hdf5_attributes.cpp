#include "foreign/hdf5_attributes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/fail.hpp"
#include "meta/utf8.hpp"

namespace mrcz::foreign {
namespace {

using meta::JsonWriter;

constexpr hssize_t most_items = 4096;

/// A bool of which a span can be made.
struct Flag {
    bool is_set = false;
};

struct Attribute {
    Hdf5Handle handle;
    Hdf5Handle type;
    std::string name;
    hssize_t items = 0;
    std::vector<std::uint64_t> shape;  ///< empty of a single value
    bool is_empty = false;             ///< has no value at all
};

/// Where the value of an attribute is to go.
struct Reading {
    JsonWriter& json;
    Hdf5Attributes& found;
    const Limits& limits;
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
    attribute.is_empty = H5Sget_simple_extent_type(space.get()) == H5S_NULL;
    std::vector<hsize_t> sizes(H5S_MAX_RANK);
    const int axes = H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr);
    attribute.shape.assign(sizes.begin(), sizes.begin() + std::max(0, axes));
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

template <class Value>
void write_value(JsonWriter& json, const Value& value) {
    if constexpr (std::is_same_v<Value, Flag>) {
        json.value(value.is_set);
    } else {
        json.value(value);
    }
}

/// Nested as the attribute's axes are, the last one fastest; the values that are left.
template <class Value>
std::span<const Value> write_nested(JsonWriter& json, std::span<const std::uint64_t> shape,
                                    std::span<const Value> values) {
    if (shape.empty()) {
        write_value(json, values.front());
        return values.subspan(1);
    }
    json.begin_array();
    for (std::uint64_t i = 0; i < shape.front(); ++i) values = write_nested(json, shape.subspan(1), values);
    json.end_array();
    return values;
}

template <class Value>
void write_values(JsonWriter& json, const Attribute& attribute, const std::vector<Value>& values) {
    write_nested(json.key(attribute.name), attribute.shape, std::span<const Value>(values));
}

void leave(Reading& reading, const Attribute& attribute, std::string_view why) {
    reading.found.left_behind.push_back(concat("attribute ", printable(attribute.name, 100), ": ", why));
}

bool is_json_object(const std::string& text, const Limits& limits) {
    try {
        return meta::JsonValue::parse(text, limits).is(meta::JsonValue::Kind::object);
    } catch (const Error&) {
        return false;
    }
}

void write_texts(Reading& reading, const Attribute& attribute) {
    const std::vector<std::string> texts = texts_of(attribute, reading.limits);
    if (texts.size() != static_cast<std::size_t>(attribute.items)) return leave(reading, attribute, "too long");
    if (attribute.name == "mrc" && texts.size() == 1 && is_json_object(texts[0], reading.limits)) {
        reading.json.key(attribute.name).raw(texts[0]);
        return;
    }
    const bool readable = std::ranges::all_of(texts, [](const std::string& text) { return meta::is_utf8(text); });
    if (!readable && !attribute.shape.empty()) return leave(reading, attribute, "a list of bytes that are no UTF-8");
    if (!readable) {
        reading.found.packed.push_back({attribute.name, meta::packed_binary(texts[0])});
        return;
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    write_values(reading.json, attribute, views);
}

void write_floats(Reading& reading, const Attribute& attribute) {
    if (H5Tget_size(attribute.type.get()) > sizeof(double))
        return leave(reading, attribute, "numbers of more than 64 bits");
    const auto numbers = numbers_of<double>(attribute, H5T_NATIVE_DOUBLE);
    if (std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); }))
        return write_values(reading.json, attribute, numbers);
    reading.found.packed.push_back({attribute.name, meta::packed_numbers(numbers, attribute.shape)});
}

/// As h5py has them: an enumeration of FALSE and TRUE in bytes.
bool is_boolean(hid_t type) {
    if (H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
    constexpr std::array<std::string_view, 2> names{"FALSE", "TRUE"};
    for (unsigned i = 0; i < 2; ++i) {
        char* const name = H5Tget_member_name(type, i);
        signed char value = -1;
        const bool fits = name != nullptr && H5Tget_member_value(type, i, &value) >= 0 && (value == 0 || value == 1) &&
                          names.at(static_cast<std::size_t>(value)) == name;
        H5free_memory(name);
        if (!fits) return false;
    }
    return true;
}

void write_enumeration(Reading& reading, const Attribute& attribute) {
    if (!is_boolean(attribute.type.get())) return leave(reading, attribute, "an enumeration");
    std::vector<signed char> flags(static_cast<std::size_t>(attribute.items));
    hdf5_checked(H5Aread(attribute.handle.get(), attribute.type.get(), flags.data()), "read an attribute");
    std::vector<Flag> values;
    for (const signed char flag : flags) values.push_back({flag != 0});
    write_values(reading.json, attribute, values);
}

/// What DIMENSION_LIST and REFERENCE_LIST hold leads from one dataset of the file to another.
bool is_of_dimension_scales(std::string_view name) { return name == "DIMENSION_LIST" || name == "REFERENCE_LIST"; }

void write_attribute(Reading& reading, const Attribute& attribute) {
    if (is_of_dimension_scales(attribute.name)) return;
    if (attribute.is_empty) return leave(reading, attribute, "has no value");
    if (attribute.items > most_items || attribute.items < 0)
        return leave(reading, attribute, concat(attribute.items, " values, more than ", most_items));
    if (attribute.items == 0) {
        reading.json.key(attribute.name).begin_array().end_array();
        return;
    }
    switch (H5Tget_class(attribute.type.get())) {
        case H5T_INTEGER:
            if (H5Tget_size(attribute.type.get()) > sizeof(std::int64_t))
                return leave(reading, attribute, "numbers of more than 64 bits");
            if (H5Tget_sign(attribute.type.get()) == H5T_SGN_2)
                return write_values(reading.json, attribute, numbers_of<std::int64_t>(attribute, H5T_NATIVE_INT64));
            return write_values(reading.json, attribute, numbers_of<std::uint64_t>(attribute, H5T_NATIVE_UINT64));
        case H5T_FLOAT:
            return write_floats(reading, attribute);
        case H5T_STRING:
            return write_texts(reading, attribute);
        case H5T_ENUM:
            return write_enumeration(reading, attribute);
        case H5T_COMPOUND:
            return leave(reading, attribute, "of several fields, or complex");
        case H5T_REFERENCE:
            return leave(reading, attribute, "a reference into the file");
        default:
            return leave(reading, attribute, "of a kind that is not read");
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

Hdf5Attributes read_attributes(hid_t object, const Limits& limits) {
    Hdf5Attributes found;
    JsonWriter json;
    Reading reading{json, found, limits};
    json.begin_object();
    const int count = H5Aget_num_attrs(object);
    for (int i = 0; i < count; ++i) write_attribute(reading, open(object, static_cast<hsize_t>(i)));
    found.readable = meta::JsonValue::parse(json.end_object().take(), limits);
    return found;
}

std::vector<std::string> attribute_names(hid_t object) {
    constexpr std::array<std::string_view, 4> of_nexus{"NX_class", "default", "signal", "axes"};
    std::vector<std::string> names;
    const int count = H5Aget_num_attrs(object);
    for (int i = 0; i < count; ++i) {
        std::string name = open(object, static_cast<hsize_t>(i)).name;
        if (std::ranges::find(of_nexus, name) == of_nexus.end()) names.push_back(std::move(name));
    }
    return names;
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
