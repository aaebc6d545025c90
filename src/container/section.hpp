// The sections a footer may hold: ids, and how their contents are kept.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace mrcz::container {

/// Four-character ids, one row each, in the order they are written.
struct SectionKind {
    std::string_view id;
    std::string_view meaning;
};

namespace section {
inline constexpr std::string_view metadata = "META";
inline constexpr std::string_view provenance = "PROV";
inline constexpr std::string_view frame_hashes = "FHSH";
inline constexpr std::string_view chunk_hashes = "CHSH";
inline constexpr std::string_view header_hash = "HHSH";
inline constexpr std::string_view frame_statistics = "FSTA";
inline constexpr std::string_view original = "ORIG";
inline constexpr std::string_view sum = "SUMI";
inline constexpr std::string_view models = "MODL";
inline constexpr std::string_view entropy = "ENTR";
}  // namespace section

inline constexpr std::array<SectionKind, 10> section_kinds{{
    {section::metadata, "metadata"},
    {section::provenance, "provenance: what was done to the pixels, and by what"},
    {section::frame_hashes, "XXH3-64 of every frame"},
    {section::chunk_hashes, "XXH3-64 of every chunk as stored"},
    {section::header_hash, "XXH3-64 of header and extended header"},
    {section::frame_statistics, "minimum, maximum, mean, standard deviation, NaN count of every frame"},
    {section::original, "what gives back the original file byte for byte"},
    {section::sum, "sum over all frames, before any correction"},
    {section::models, "where the models of its codec are"},
    {section::entropy, "order-0 entropy of the pixels"},
}};

namespace encoding {
inline constexpr std::string_view raw = "raw ";
inline constexpr std::string_view json = "json";
inline constexpr std::string_view msgpack = "msgp";
}  // namespace encoding

/// A section's raw contents on their way into a file, or just out of one.
struct Section {
    std::string id;
    std::string encoding;
    std::uint32_t flags = 0;
    Bytes payload;
};

/// A reader that does not know a section with this flag must refuse the file.
inline constexpr std::uint32_t section_is_required = 1;

enum class SectionCompression : std::uint32_t { none = 0, zstd = 1 };

/// The payload made smaller, or nothing when that is not worth it.
[[nodiscard]] Bytes compress_section(std::span<const std::byte> raw);
/// Throws Error{corrupt} unless `stored` holds exactly `raw_bytes`.
[[nodiscard]] Bytes decompress_section(std::span<const std::byte> stored, std::uint64_t raw_bytes);

}  // namespace mrcz::container
