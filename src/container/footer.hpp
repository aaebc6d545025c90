// The footer behind the data: a head, a table of sections, their contents. Readers that do not know it never see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "container/section.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::io {
class ByteSink;
}

namespace mrcz::container {

inline constexpr std::string_view footer_magic = "MRCZFOOT";
inline constexpr std::size_t footer_head_bytes = 64;
inline constexpr std::size_t section_entry_bytes = 48;
inline constexpr std::uint16_t footer_major = 1;
inline constexpr std::uint32_t footer_has_index = 1;

/// What the head says of the file around it.
struct FooterFacts {
    std::uint64_t data_offset = 0;
    std::uint64_t chunk_count = 0;
    std::uint32_t frames_per_chunk = 1;
    std::uint32_t flags = 0;
};

struct SectionEntry {
    std::string id;
    std::string encoding;
    SectionCompression compression = SectionCompression::none;
    std::uint32_t flags = 0;
    std::uint64_t offset = 0;  ///< from the start of the file
    std::uint64_t stored_bytes = 0;
    std::uint64_t raw_bytes = 0;
    std::uint64_t hash = 0;
};

struct Footer {
    FooterFacts facts;
    std::uint64_t bytes = 0;
    std::vector<SectionEntry> sections;

    [[nodiscard]] const SectionEntry* find(std::string_view id) const noexcept;
};

/// Writes head, table and contents to `sink`, whose next byte is F.
void write_footer(io::ByteSink& sink, const FooterFacts& facts, std::vector<Section> sections);

/// Whether the bytes at `offset` claim to be a footer.
[[nodiscard]] bool has_footer_magic(const ByteSource& source, std::uint64_t offset);

/// Whether a footer's head stands at `offset` whose magic number is still held back.
[[nodiscard]] bool has_hidden_footer_head(const ByteSource& source, std::uint64_t offset);

/// Reads and checks head and table at `offset`. Throws Error{truncated, corrupt, unsupported}.
[[nodiscard]] Footer read_footer(const ByteSource& source, std::uint64_t offset);

/// Throws Error{corrupt} unless sections cover the footer but for zeros between them, which no hash protects.
void check_padding(const ByteSource& source, std::uint64_t offset, const Footer& footer);

/// The contents of a section, its hash checked; refuses more than `most_bytes`.
[[nodiscard]] Section load_section(const ByteSource& source, const SectionEntry& entry, std::uint64_t most_bytes);

}  // namespace mrcz::container
