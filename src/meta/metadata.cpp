#include "mrcz/metadata.hpp"

#include "base/fail.hpp"
#include "meta/json_document.hpp"
#include "meta/json_writer.hpp"
#include "meta/msgpack_document.hpp"
#include "meta/msgpack_packer.hpp"

namespace mrcz {

namespace {

void check_size(std::size_t size, const Limits& limits) {
    if (size <= limits.metadata_bytes) return;
    fail(ErrorCode::limit_exceeded, "metadata of ", size, " bytes exceed the limit of ", limits.metadata_bytes,
         " (Limits::metadata_bytes)");
}

std::vector<std::byte> copied(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Metadata Metadata::from_json(std::string_view text, const Limits& limits) {
    check_size(text.size(), limits);
    meta::JsonEvents nothing_but_the_checks;
    meta::walk_json(text, limits.metadata_depth, nothing_but_the_checks);
    return {MetadataFormat::json, copied(std::as_bytes(std::span(text)))};
}

Metadata Metadata::from_msgpack(std::span<const std::byte> bytes, const Limits& limits) {
    check_size(bytes.size(), limits);
    meta::check_msgpack(bytes, limits.metadata_depth);
    return {MetadataFormat::msgpack, copied(bytes)};
}

std::string Metadata::to_json(bool indented) const {
    if (format_ == MetadataFormat::msgpack) {
        return meta::msgpack_to_json(bytes_, indented, meta::JsonFidelity::readable);
    }
    meta::JsonWriter writer(indented);
    return writer.raw(as_text(bytes_)).take();
}

Metadata Metadata::converted_to(MetadataFormat format, const Limits& limits) const {
    if (format == format_) return *this;
    if (format == MetadataFormat::json) {
        return from_json(meta::msgpack_to_json(bytes_, false, meta::JsonFidelity::exact), limits);
    }
    return from_msgpack(meta::json_to_msgpack(as_text(bytes_)), limits);
}

}  // namespace mrcz
