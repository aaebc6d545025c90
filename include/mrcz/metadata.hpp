// The user's metadata: a JSON or MessagePack document carried in the footer section META.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mrcz/export.h"
#include "mrcz/limits.hpp"

namespace MRCZ_API mrcz {

enum class MetadataFormat { json, msgpack };

/// A validated document. JSON is UTF-8 text, strict (RFC 8259); NaN, infinities and binary values need MessagePack.
class Metadata {
  public:
    /// Checks syntax, depth and size. Throws Error{corrupt} naming line and column, or the offset for MessagePack;
    /// Error{limit_exceeded} beyond `limits`.
    [[nodiscard]] static Metadata from_json(std::string_view text, const Limits& limits = {});
    [[nodiscard]] static Metadata from_msgpack(std::span<const std::byte> bytes, const Limits& limits = {});

    [[nodiscard]] MetadataFormat format() const noexcept { return format_; }
    /// The document as it is stored, byte for byte as it was given.
    [[nodiscard]] std::span<const std::byte> stored() const noexcept { return bytes_; }

    /// As JSON text. From MessagePack: NaN, Infinity and -Infinity become the strings "NaN", "Infinity", "-Infinity",
    /// binary becomes {"$binary": "<base64>"}, extension types {"$ext": type, "$binary": ...}, timestamps ISO 8601
    /// text.
    [[nodiscard]] std::string to_json(bool indented = false) const;
    /// The same document in `format`. To JSON exactly: throws Error{invalid_argument} naming the path of the key whose
    /// value JSON cannot hold (`$.detector.gain[3]: NaN has no JSON form; MessagePack has one`).
    [[nodiscard]] Metadata converted_to(MetadataFormat format, const Limits& limits = {}) const;

  private:
    Metadata(MetadataFormat format, std::vector<std::byte> bytes) : format_(format), bytes_(std::move(bytes)) {}
    MetadataFormat format_;
    std::vector<std::byte> bytes_;
};

}  // namespace mrcz
