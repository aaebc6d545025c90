#include "foreign/zarr_description.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/checked.hpp"
#include "foreign/array_shape.hpp"
#include "mrcz/convert.hpp"

namespace mrcz::foreign {
namespace {

using meta::JsonValue;

constexpr std::size_t most_axes = 5;
constexpr std::uint64_t most_size = std::uint64_t{1} << 40;

[[noreturn]] void fail_member(std::string_view key, std::string_view expected) {
    fail(ErrorCode::corrupt, "description of the array: ", key, ": expected ", expected);
}

const JsonValue& member(const JsonValue& object, std::string_view key) {
    const JsonValue* const found = object.find(key);
    if (found == nullptr) fail(ErrorCode::corrupt, "description of the array: there is no ", key);
    return *found;
}

std::string_view text_member(const JsonValue& object, std::string_view key) {
    const auto text = member(object, key).text();
    if (!text) fail_member(key, "a text");
    return *text;
}

std::vector<std::uint64_t> sizes_member(const JsonValue& object, std::string_view key, std::uint64_t least) {
    const JsonValue& list = member(object, key);
    if (!list.is(JsonValue::Kind::array) || list.items().size() > most_axes)
        fail_member(key, "a list of at most 5 sizes");
    std::vector<std::uint64_t> sizes;
    for (const JsonValue& item : list.items()) {
        const auto size = item.whole_number();
        if (!size || *size < least || *size > most_size) fail_member(key, "sizes of axes");
        sizes.push_back(*size);
    }
    return sizes;
}

struct NumberName {
    std::string_view v3;
    std::string_view v2;  ///< behind the byte order
    PixelType type;
};

constexpr std::array<NumberName, 9> number_names{{
    {"int8", "i1", PixelType::int8},
    {"uint8", "u1", PixelType::uint8},
    {"int16", "i2", PixelType::int16},
    {"uint16", "u2", PixelType::uint16},
    {"int32", "i4", PixelType::int32},
    {"uint32", "u4", PixelType::uint32},
    {"float16", "f2", PixelType::float16},
    {"float32", "f4", PixelType::float32},
    {"complex64", "c8", PixelType::complex_float32},
}};

PixelType number_of_v3(const JsonValue& description) {
    const auto name = member(description, "data_type").text();
    if (!name) refuse_number("of a type with a configuration of its own");
    const auto found = std::ranges::find(number_names, *name, &NumberName::v3);
    if (found == number_names.end()) refuse_number(printable(*name));
    return found->type;
}

/// A word of a number in the order of bytes that Zarr has them before its own `bytes` codec: the machine's is not
/// asked.
void append_number(Bytes& bytes, double value, PixelType type) {
    const FrameFormat from{PixelType::float32, 1, 1, RowPacking::padded};
    const FrameFormat to{type, 1, 1, RowPacking::padded};
    const auto word = static_cast<float>(value);
    Bytes converted(static_cast<std::size_t>(bytes_of(to)));
    const bool whole = type != PixelType::float32 && type != PixelType::float16;
    if (whole && !std::isfinite(value)) fail_member("fill_value", "a number that the array can hold");
    if (type == PixelType::int32 || type == PixelType::uint32) {  // a float would not do
        append_le(bytes, static_cast<std::uint32_t>(static_cast<std::int64_t>(value)));
        return;
    }
    (void)convert(std::as_bytes(std::span(&word, 1)), from, converted, to, {.clip = true, .round = true});
    append(bytes, converted);
}

double fill_number(const JsonValue& value) {
    if (value.is(JsonValue::Kind::null)) return 0;
    if (const auto number = value.number()) return std::clamp(*number, -5e9, 5e9);
    if (value.text() == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (value.text() == "Infinity") return std::numeric_limits<double>::infinity();
    if (value.text() == "-Infinity") return -std::numeric_limits<double>::infinity();
    fail(ErrorCode::unsupported, "description of the array: fill_value: not understood");
}

Bytes fill_of(const JsonValue* value, PixelType type) {
    Bytes bytes;
    const bool is_complex = type == PixelType::complex_float32;
    const PixelType part = is_complex ? PixelType::float32 : type;
    if (value != nullptr && is_complex && value->items().size() == 2) {
        for (const JsonValue& item : value->items()) append_number(bytes, fill_number(item), part);
        return bytes;
    }
    append_number(bytes, value == nullptr ? 0 : fill_number(*value), part);
    if (is_complex) append_number(bytes, 0, part);
    return bytes;
}

const JsonValue& configuration_of(const JsonValue& codec) {
    static const JsonValue empty = JsonValue::parse("{}", {});
    const JsonValue* const found = codec.find("configuration");
    return found == nullptr ? empty : *found;
}

ByteOrder order_of(const JsonValue& bytes_codec, PixelType number) {
    const JsonValue* const endian = configuration_of(bytes_codec).find("endian");
    if (info_of(number).word_bytes == 1 || endian == nullptr || endian->is(JsonValue::Kind::null))
        return ByteOrder::little;
    if (endian->text() == "little") return ByteOrder::little;
    if (endian->text() == "big") return ByteOrder::big;
    fail_member("endian", "little or big");
}

/// `bytes`, then codecs from bytes to bytes.
void read_codecs(const JsonValue& list, ZarrDescription& description) {
    bool has_bytes = false;
    for (const JsonValue& codec : list.items()) {
        const std::string_view name = text_member(codec, "name");
        if (!has_bytes && name != "bytes")
            fail(ErrorCode::unsupported, "description of the array: codec ", printable(name),
                 " is not known here; `bytes` is expected first");
        if (has_bytes) {
            const JsonValue* const size = configuration_of(codec).find("elementsize");
            const auto element = size == nullptr ? std::nullopt : size->whole_number();
            description.codecs.push_back({std::string(name), element.value_or(0)});
        } else {
            description.order = order_of(codec, description.number);
            has_bytes = true;
        }
    }
    if (!has_bytes) fail_member("codecs", "the codec `bytes`");
}

void read_index_codecs(const JsonValue& list, ZarrDescription& description) {
    const auto codecs = list.items();
    const bool has_bytes = !codecs.empty() && text_member(codecs[0], "name") == "bytes" &&
                           order_of(codecs[0], PixelType::uint32) == ByteOrder::little;
    description.index_has_crc = codecs.size() == 2 && text_member(codecs[1], "name") == "crc32c";
    if (!has_bytes || codecs.size() > 2 || (codecs.size() == 2 && !description.index_has_crc))
        fail(ErrorCode::unsupported,
             "description of the array: index_codecs other than little-endian bytes and crc32c");
}

void read_sharding(const JsonValue& codec, ZarrDescription& description) {
    const JsonValue& configuration = configuration_of(codec);
    description.is_sharded = true;
    description.chunk = sizes_member(configuration, "chunk_shape", 1);
    read_index_codecs(member(configuration, "index_codecs"), description);
    const JsonValue* const location = configuration.find("index_location");
    description.index_at_start = location != nullptr && location->text() == "start";
    read_codecs(member(configuration, "codecs"), description);
}

void read_key_encoding(const JsonValue& description, ZarrDescription& into) {
    const JsonValue& encoding = member(description, "chunk_key_encoding");
    const std::string_view name = text_member(encoding, "name");
    if (name != "default" && name != "v2") fail_member("chunk_key_encoding", "default or v2");
    into.prefix = name == "default" ? std::string_view("c") : std::string_view();
    into.separator = name == "default" ? '/' : '.';
    const JsonValue* const separator = configuration_of(encoding).find("separator");
    if (separator == nullptr) return;
    if (separator->text() != "/" && separator->text() != ".") fail_member("separator", "/ or .");
    into.separator = separator->text()->front();
}

/// All of one number of axes, shards made of whole chunks.
void require_fit(const ZarrDescription& description) {
    const std::size_t axes = description.shape.size();
    if (description.shard.size() != axes || description.chunk.size() != axes)
        fail(ErrorCode::corrupt, "description of the array: ", axes, " axes, but chunks of another number of them");
    for (std::size_t axis = 0; axis < axes; ++axis)
        if (description.shard[axis] % description.chunk[axis] != 0)
            fail(ErrorCode::corrupt, "description of the array: shards of ", sizes_text(description.shard),
                 " hold no whole number of chunks of ", sizes_text(description.chunk));
}

void require_version(const JsonValue& description, std::uint64_t version) {
    if (!description.is(JsonValue::Kind::object) || member(description, "zarr_format").whole_number() != version)
        fail_member("zarr_format", version == 3 ? "3" : "2");
}

/// `<u2`.
void read_v2_number(const JsonValue& description, ZarrDescription& into) {
    const auto text = member(description, "dtype").text();
    if (!text) refuse_number("of several fields");
    const auto found =
        std::ranges::find(number_names, text->substr(std::min<std::size_t>(1, text->size())), &NumberName::v2);
    if (found == number_names.end() || std::string_view("<>|").find(text->front()) == std::string_view::npos)
        refuse_number(printable(*text));
    into.number = found->type;
    into.order = text->front() == '>' ? ByteOrder::big : ByteOrder::little;
}

void read_v2_codec(const JsonValue& codec, ZarrDescription& into) {
    const JsonValue* const size = codec.find("elementsize");
    const auto element = size == nullptr ? std::nullopt : size->whole_number();
    into.codecs.push_back({std::string(text_member(codec, "id")), element.value_or(0)});
}

}  // namespace

ZarrDescription parse_zarr_3(std::string_view json, const Limits& limits) {
    const JsonValue description = JsonValue::parse(json, limits);
    require_version(description, 3);
    if (text_member(description, "node_type") != "array")
        fail(ErrorCode::unsupported, "is a group of arrays, not an array; name the folder of one of them");
    ZarrDescription found;
    found.shape = sizes_member(description, "shape", 0);
    found.number = number_of_v3(description);
    const JsonValue& grid = member(description, "chunk_grid");
    if (text_member(grid, "name") != "regular") fail(ErrorCode::unsupported, "its chunk grid is not regular");
    found.shard = sizes_member(configuration_of(grid), "chunk_shape", 1);
    read_key_encoding(description, found);
    const JsonValue& codecs = member(description, "codecs");
    const bool sharded = !codecs.items().empty() && text_member(codecs.items()[0], "name") == "sharding_indexed";
    if (sharded && codecs.items().size() > 1) fail(ErrorCode::unsupported, "its shards are coded once more as a whole");
    if (sharded) {
        read_sharding(codecs.items()[0], found);
    } else {
        read_codecs(codecs, found);
        found.chunk = found.shard;
    }
    require_fit(found);
    found.fill = fill_of(description.find("fill_value"), found.number);
    found.attributes = JsonValue::parse("{}", limits);
    if (const JsonValue* const attributes = description.find("attributes");
        attributes != nullptr && attributes->is(JsonValue::Kind::object))
        found.attributes = *attributes;
    return found;
}

ZarrDescription parse_zarr_2(std::string_view json, std::string_view attributes, const Limits& limits) {
    const JsonValue description = JsonValue::parse(json, limits);
    require_version(description, 2);
    ZarrDescription found;
    found.version = 2;
    found.shape = sizes_member(description, "shape", 0);
    found.chunk = found.shard = sizes_member(description, "chunks", 1);
    read_v2_number(description, found);
    if (member(description, "order").text() != "C")
        fail(ErrorCode::unsupported, "its order is Fortran's (F), in which no frame lies together; C is expected");
    found.separator = '.';
    if (const JsonValue* const separator = description.find("dimension_separator"); separator != nullptr)
        if (separator->text() == "/") found.separator = '/';
    if (const JsonValue* const filters = description.find("filters"); filters != nullptr)
        for (const JsonValue& filter : filters->items()) read_v2_codec(filter, found);
    if (const JsonValue* const compressor = description.find("compressor");
        compressor != nullptr && compressor->is(JsonValue::Kind::object))
        read_v2_codec(*compressor, found);
    require_fit(found);
    found.fill = fill_of(description.find("fill_value"), found.number);
    found.attributes = JsonValue::parse(attributes.empty() ? "{}" : attributes, limits);
    if (!found.attributes.is(JsonValue::Kind::object)) found.attributes = JsonValue::parse("{}", limits);
    return found;
}

}  // namespace mrcz::foreign
