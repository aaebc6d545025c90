#include "metadata_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <system_error>

namespace mrcz::cli {
namespace {

/// JSON unless it begins as a MessagePack map or array does.
Metadata parse_metadata(const std::string& bytes) {
    const unsigned char first = bytes.empty() ? '{' : static_cast<unsigned char>(bytes[0]);
    const bool is_msgpack = (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
    if (is_msgpack) return Metadata::from_msgpack(std::as_bytes(std::span(bytes)));
    return Metadata::from_json(bytes);
}

std::string read_text(const std::string& path) {
    if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    if (std::filesystem::is_directory(path))
        throw Error(ErrorCode::invalid_argument, "is a folder; --metadata takes a JSON or MessagePack file", path);
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_failed,
                    fmt::format("cannot read the metadata: {}", std::generic_category().message(errno)), path);
    return {std::istreambuf_iterator<char>(file), {}};
}

MetadataFormat format_named(const std::string& name) {
    if (name == "json") return MetadataFormat::json;
    if (name == "msgpack") return MetadataFormat::msgpack;
    throw Error(ErrorCode::invalid_argument, fmt::format("metadata format '{}': expected json or msgpack", name));
}

/// MessagePack that JSON cannot hold: `remedy` says how it can be had all the same.
Metadata converted(const Metadata& metadata, MetadataFormat format, const std::string& file, std::string_view remedy) {
    if (metadata.format() == format) return metadata;
    try {
        return metadata.converted_to(format);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::invalid_argument || format != MetadataFormat::json) throw;
        throw Error(error.code(), fmt::format("{}: {}", error.message(), remedy), file);
    }
}

}  // namespace

std::optional<Metadata> read_metadata(const Options& options) {
    if (options.metadata_file.empty() && options.metadata_format.empty()) return std::nullopt;
    if (options.metadata_file.empty())
        throw Error(ErrorCode::invalid_argument, "--metadata-format says how --metadata FILE is stored: give both");
    std::optional<MetadataFormat> format;
    if (!options.metadata_format.empty()) format = format_named(options.metadata_format);
    const std::string bytes = read_text(options.metadata_file);
    try {
        Metadata metadata = parse_metadata(bytes);
        return format ? converted(metadata, *format, {}, "leave --metadata-format out to store the document as it is")
                      : metadata;
    } catch (const Error& error) {
        throw error.within(options.metadata_file == "-" ? "standard input" : options.metadata_file);
    }
}

void print_metadata(const Options& options, const Reader& reader) {
    const auto metadata = reader.metadata();
    if (!metadata) throw Error(ErrorCode::not_found, "carries no metadata", reader.name());
    if (options.metadata_format.empty()) {
        std::cout << metadata->to_json(!options.json) << '\n';
        return;
    }
    const MetadataFormat format = format_named(options.metadata_format);
    const Metadata chosen = converted(*metadata, format, reader.name(),
                                      "say --metadata-format msgpack, or leave it out for JSON to read, where such "
                                      "values are texts");
    const auto bytes = chosen.stored();
    std::cout.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (format == MetadataFormat::json && (bytes.empty() || bytes.back() != std::byte{'\n'})) std::cout << '\n';
}

}  // namespace mrcz::cli
