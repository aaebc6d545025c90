// Metadata in both formats. The first byte says which: even for JSON, odd for MessagePack.
#include "base/fail.hpp"
#include "bounds.hpp"
#include "mrcz/metadata.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

Metadata parse(std::span<const std::byte> input) {
    const auto document = input.subspan(1);
    if ((std::to_integer<unsigned>(input.front()) & 1U) != 0) return Metadata::from_msgpack(document, small_limits);
    return Metadata::from_json({reinterpret_cast<const char*>(document.data()), document.size()}, small_limits);
}

/// Converts as far as the other format can hold it.
void convert(const Metadata& metadata, MetadataFormat format) {
    try {
        (void)metadata.converted_to(format, small_limits);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::invalid_argument) throw;
    }
}

}  // namespace

void run_metadata(std::span<const std::byte> input) {
    if (input.empty()) return;
    const Metadata metadata = parse(input);
    const std::string text = metadata.to_json();
    (void)metadata.to_json(true);
    convert(metadata, MetadataFormat::json);
    convert(metadata, MetadataFormat::msgpack);
    // The text of a MessagePack document may be longer and deeper than the document.
    Limits limits = small_limits;
    limits.metadata_bytes *= 16;
    limits.metadata_depth *= 4;
    if (Metadata::from_json(text, limits).to_json() != text) fail(ErrorCode::internal, "JSON that reads as other JSON");
}

}  // namespace mrcz::fuzz
