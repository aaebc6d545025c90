// MessagePack documents: checking them, and their JSON form.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace mrcz::meta {

/// Throws Error{corrupt} unless the bytes are exactly one MessagePack value, Error{limit_exceeded} for deeper nesting
/// than `most_depth`; both name the offset. Allocates nothing that grows with the bytes.
void check_msgpack(std::span<const std::byte> bytes, unsigned most_depth);

/// Whether what JSON cannot hold is refused, or written in the best form there is.
enum class JsonFidelity { exact, readable };

/// A checked document as JSON.
///
/// `readable` writes what mrcz::Metadata::to_json promises; furthermore, a key that is no text becomes its JSON text
/// (1 → "1", null → "null"), bytes that are no UTF-8 become U+FFFD, and a timestamp without ISO 8601 text stays
/// {"$ext"}. `exact` throws Error{invalid_argument} for any of these, with the path.
[[nodiscard]] std::string msgpack_to_json(std::span<const std::byte> bytes, bool indented, JsonFidelity fidelity);

}  // namespace mrcz::meta
