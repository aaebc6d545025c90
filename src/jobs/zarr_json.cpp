#include <algorithm>

#include "base/fail.hpp"
#include "codec/blosc/chunk.hpp"
#include "container/metadata_section.hpp"
#include "jobs/array_type.hpp"
#include "jobs/carried.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz {
namespace {

using meta::JsonWriter;

template <class Values>
void write_list(JsonWriter& json, const Values& values) {
    json.begin_array();
    for (const auto& value : values) json.value(value);
    json.end_array();
}

/// What the first chunk says of all of them.
struct Coding {
    std::string_view compressor;
    int level = 1;
    Filter filter = Filter::none;
    std::uint8_t blosc_version = codec::blosc::format_version;
};

Coding coding_of(const Reader& reader) {
    const auto chunk = reader.read_stored_frame(0);
    const auto parsed = codec::blosc::parse_chunk(chunk, reader.frame_bytes());
    return {reader.codec().name, std::max(1, reader.codec().default_level), parsed.filter, parsed.header.version};
}

/// Throws unless numcodecs decodes the file's chunks as they lie.
void require_blosc(const Reader& reader) {
    const CodecInfo& codec = reader.codec();
    constexpr std::string_view what_to_do =
        "; `mrcz convert` makes a Zarr array of it, `mrcz compress --codec zstd -o NEW.mrcz` a file that Zarr reads";
    if (codec.id > 6)
        fail(ErrorCode::invalid_argument, "is coded with ", codec.name, ", which Zarr does not have", what_to_do);
    if (codec.name == "snappy")
        fail(ErrorCode::invalid_argument, "is coded with snappy, which Zarr's blosc is built without", what_to_do);
    if (coding_of(reader).blosc_version != codec::blosc::format_version)
        fail(ErrorCode::invalid_argument, "has chunks of c-blosc2, which Zarr does not decode", what_to_do);
}

void require_shard(const Reader& reader) {
    if (reader.codec().id == 0)
        fail(ErrorCode::invalid_argument,
             "is plain MRC: a Zarr shard has to be compressed. `mrcz zarr --refs` describes it as it is, `mrcz "
             "compress` "
             "or `mrcz convert` make a shard");
    require_blosc(reader);
    if (!reader.has_random_access())
        fail(ErrorCode::invalid_argument,
             "has no chunk index at its end, as a Zarr shard has; `mrcz zarr --refs` describes it as it is, `mrcz "
             "compress -o NEW.mrcz` writes one with an index");
}

std::string_view endian_of(const Reader& reader) { return reader.is_big_endian() ? "big" : "little"; }

void write_fill_value(JsonWriter& json, std::string_view dtype) {
    json.key("fill_value");
    if (dtype.starts_with("complex")) {
        json.begin_array().value(0.0).value(0.0).end_array();
    } else if (dtype.starts_with("float")) {
        json.value(0.0);
    } else {
        json.value(0);
    }
}

void write_bytes_codec(JsonWriter& json, std::string_view endian) {
    json.begin_object().member("name", "bytes").key("configuration").begin_object().member("endian", endian);
    json.end_object().end_object();
}

void write_blosc_codec(JsonWriter& json, const Reader& reader) {
    const Coding coding = coding_of(reader);
    const std::string_view shuffle = coding.filter == Filter::bitshuffle    ? "bitshuffle"
                                     : coding.filter == Filter::byteshuffle ? "shuffle"
                                                                            : "noshuffle";
    json.begin_object().member("name", "blosc").key("configuration").begin_object();
    json.member("cname", coding.compressor).member("clevel", coding.level).member("shuffle", shuffle);
    json.member("typesize", int{info_of(reader.pixel_type()).pixel_bytes}).member("blocksize", 0);
    json.end_object().end_object();
}

void write_sharding(JsonWriter& json, const Reader& reader, const ArrayType& array) {
    json.key("codecs").begin_array().begin_object().member("name", "sharding_indexed");
    json.key("configuration").begin_object();
    write_list(json.key("chunk_shape"), array.chunk);
    json.key("codecs").begin_array();
    write_bytes_codec(json, endian_of(reader));
    write_blosc_codec(json, reader);
    json.end_array();
    json.key("index_codecs").begin_array();
    write_bytes_codec(json, "little");
    json.begin_object().member("name", "crc32c").end_object();
    json.end_array().member("index_location", "end").end_object().end_object().end_array();
}

void write_attributes(JsonWriter& json, const Reader& reader, const ArrayType& array) {
    jobs::Carried carried{reader.header(), reader.extended_header(), {}, {}};
    if (const auto metadata = reader.metadata()) carried.sections.push_back(container::metadata_section(*metadata));
    if (const std::string steps = reader.provenance(); !steps.empty()) {
        const auto bytes = std::as_bytes(std::span(steps));
        carried.sections.push_back({std::string(container::section::provenance), std::string(container::encoding::json),
                                    0, Bytes(bytes.begin(), bytes.end())});
    }
    json.begin_object();
    if (std::ranges::any_of(array.voxel_size_angstrom, [](double edge) { return edge != 0; }))
        write_list(json.key("voxel_size_angstrom"), array.voxel_size_angstrom);
    std::vector<std::string> in_the_file_anyway;
    jobs::write_carried(json.key("mrc"), carried, in_the_file_anyway);
    json.end_object();
}

std::string v2_dtype(const Reader& reader) {
    const std::string_view name = jobs::number_type(reader.pixel_type())->v2;
    return concat(name.ends_with('1') ? "|" : reader.is_big_endian() ? ">" : "<", name);
}

void write_v2_compressor(JsonWriter& json, const Reader& reader) {
    json.key("compressor");
    if (reader.codec().id == 0) {
        json.null();
        return;
    }
    const Coding coding = coding_of(reader);
    const int shuffle = coding.filter == Filter::bitshuffle ? 2 : coding.filter == Filter::byteshuffle ? 1 : 0;
    json.begin_object().member("id", "blosc").member("cname", coding.compressor).member("clevel", coding.level);
    json.member("shuffle", shuffle).member("blocksize", 0).end_object();
}

std::string v2_array(const Reader& reader, const ArrayType& array) {
    JsonWriter json;
    json.begin_object().member("zarr_format", 2);
    write_list(json.key("shape"), array.shape);
    write_list(json.key("chunks"), array.chunk);
    json.member("dtype", std::string_view(v2_dtype(reader)));
    write_v2_compressor(json, reader);
    json.key("fill_value").null().key("filters").null();
    return json.member("order", "C").end_object().take();
}

std::string v2_attributes(const Reader& reader, const ArrayType& array) {
    JsonWriter json;
    write_attributes(json, reader, array);
    return json.take();
}

/// `3.0.0`, or `1.2.0.0` of a scan: the frame's place on each axis of its array.
std::string v2_key(std::int64_t frame, const ArrayType& array) {
    std::vector<std::int64_t> place(array.shape.size(), 0);
    for (std::size_t axis = array.shape.size(); axis > 0; --axis) {
        if (array.chunk[axis - 1] != 1 || array.axes[axis - 1] == "y" || array.axes[axis - 1] == "x") continue;
        place[axis - 1] = frame % array.shape[axis - 1];
        frame /= array.shape[axis - 1];
    }
    std::string key;
    for (const std::int64_t step : place) key += concat(key.empty() ? "" : ".", step);
    return key;
}

}  // namespace

std::string zarr_metadata_json(const Reader& reader, const std::optional<ScanShape>& scan, bool indented) {
    return in_file(reader.name(), [&] {
        const ArrayType array = array_type_of(reader, scan);
        require_shard(reader);
        JsonWriter json(indented);
        json.begin_object().member("zarr_format", 3).member("node_type", "array");
        write_list(json.key("shape"), array.shape);
        json.member("data_type", array.dtype);
        json.key("chunk_grid").begin_object().member("name", "regular").key("configuration").begin_object();
        write_list(json.key("chunk_shape"), array.shape);
        json.end_object().end_object();
        json.key("chunk_key_encoding").begin_object().member("name", "default").key("configuration");
        json.begin_object().member("separator", "/").end_object().end_object();
        write_fill_value(json, array.dtype);
        write_sharding(json, reader, array);
        write_list(json.key("dimension_names"), array.axes);
        write_attributes(json.key("attributes"), reader, array);
        return json.end_object().take();
    });
}

std::string zarr_references_json(const Reader& reader, std::string_view url, const std::optional<ScanShape>& scan,
                                 bool indented) {
    return in_file(reader.name(), [&] {
        const ArrayType array = array_type_of(reader, scan);
        if (reader.codec().id != 0) require_blosc(reader);
        JsonWriter json(indented);
        json.begin_object().member("version", 1);
        json.key("templates").begin_object().member("u", url).end_object();
        json.key("refs").begin_object();
        json.member(".zarray", std::string_view(v2_array(reader, array)));
        json.member(".zattrs", std::string_view(v2_attributes(reader, array)));
        for (std::int64_t frame = 0; frame < reader.frames(); ++frame) {
            const StoredFrame place = reader.stored_frame(frame);
            json.key(v2_key(frame, array)).begin_array().value("{{u}}").value(place.offset).value(place.bytes);
            json.end_array();
        }
        return json.end_object().end_object().take();
    });
}

}  // namespace mrcz
