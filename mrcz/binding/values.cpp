// Plain values as they cross between the languages.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include "binding.hpp"
#include "mrcz/error.hpp"

namespace mrcz::python {

std::span<std::byte> writable_bytes(const Buffer& array) {
    return {static_cast<std::byte*>(array.data()), array.nbytes()};
}

std::span<const std::byte> bytes_in(const ReadOnlyBuffer& array) {
    return {static_cast<const std::byte*>(array.data()), array.nbytes()};
}

nb::bytes bytes_of(std::span<const std::byte> bytes) { return nb::bytes(bytes.data(), bytes.size()); }

nb::object text_of(std::string_view text) {
    PyObject* const made = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape");
    if (made == nullptr) throw nb::python_error();
    return nb::steal(made);
}

PixelType pixel_type_named(std::string_view name) {
    if (const auto type = find_pixel_type(name)) return *type;
    throw Error(ErrorCode::invalid_argument, "there is no pixel type named " + std::string(name));
}

Mode0 mode0_named(std::string_view name) {
    if (name == "by_header") return Mode0::by_header;
    if (name == "signed") return Mode0::as_signed;
    if (name == "unsigned") return Mode0::as_unsigned;
    throw Error(ErrorCode::invalid_argument,
                "mode0: \"" + std::string(name) + R"(", expected "by_header", "signed" or "unsigned")");
}

Metadata metadata_from(const Document& document) {
    const auto& [format, bytes] = document;
    if (format == "json") return Metadata::from_json({bytes.c_str(), bytes.size()});
    return Metadata::from_msgpack({static_cast<const std::byte*>(bytes.data()), bytes.size()});
}

nb::object document_of(const std::optional<Metadata>& metadata) {
    if (!metadata) return nb::none();
    return nb::make_tuple(metadata->format() == MetadataFormat::json ? "json" : "msgpack",
                          bytes_of(metadata->stored()));
}

}  // namespace mrcz::python
