#include "container/footer.hpp"

#include <algorithm>
#include <array>

#include "base/checked.hpp"
#include "base/cursor.hpp"
#include "io/byte_sink.hpp"
#include "simd/hash.hpp"

namespace mrcz::container {
namespace {

constexpr std::uint64_t alignment = 8;
constexpr std::size_t hashed_head_bytes = 56;
constexpr std::uint32_t most_sections = 4096;

std::uint64_t padded(std::uint64_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

void append_text(Bytes& bytes, std::string_view text) { append(bytes, std::as_bytes(std::span(text))); }

struct StoredSection {
    SectionCompression compression = SectionCompression::none;
    std::uint64_t raw_bytes = 0;
    Bytes stored;
};

StoredSection stored_form(Section& section) {
    StoredSection out{.raw_bytes = section.payload.size(), .stored = compress_section(section.payload)};
    if (out.stored.empty()) {
        out.stored = std::move(section.payload);
    } else {
        out.compression = SectionCompression::zstd;
        section.payload = {};
    }
    return out;
}

Bytes section_table(const std::vector<Section>& sections, const std::vector<StoredSection>& stored) {
    Bytes table;
    std::uint64_t offset = footer_head_bytes + section_entry_bytes * sections.size();
    for (std::size_t i = 0; i < sections.size(); ++i) {
        append_text(table, sections[i].id);
        append_text(table, sections[i].encoding);
        append_le(table, static_cast<std::uint32_t>(stored[i].compression));
        append_le(table, sections[i].flags);
        append_le(table, offset);
        append_le(table, std::uint64_t{stored[i].stored.size()});
        append_le(table, stored[i].raw_bytes);
        append_le(table, simd::hash64(stored[i].stored));
        offset += padded(stored[i].stored.size());
    }
    return table;
}

Bytes footer_head(const FooterFacts& facts, std::uint64_t footer_bytes, std::size_t sections, const Bytes& table) {
    Bytes head;
    append_text(head, footer_magic);
    append_le(head, footer_major);
    append_le(head, std::uint16_t{0});
    append_le(head, static_cast<std::uint32_t>(sections));
    append_le(head, footer_bytes);
    append_le(head, facts.data_offset);
    append_le(head, facts.chunk_count);
    append_le(head, facts.frames_per_chunk);
    append_le(head, facts.flags);
    append_le(head, simd::hash64(table));
    append_le(head, simd::hash64(head));
    return head;
}

struct Head {
    FooterFacts facts;
    std::uint32_t sections = 0;
    std::uint64_t footer_bytes = 0;
    std::uint64_t table_hash = 0;
};

Head parse_head(std::span<const std::byte> bytes, std::uint64_t offset) {
    Cursor cursor(bytes, "footer", offset);
    (void)cursor.take(footer_magic.size(), "magic");
    const auto major = cursor.read<std::uint16_t>("major version");
    (void)cursor.read<std::uint16_t>("minor version");
    Head head;
    head.sections = cursor.read<std::uint32_t>("section count");
    head.footer_bytes = cursor.read<std::uint64_t>("footer bytes");
    head.facts.data_offset = cursor.read<std::uint64_t>("data offset");
    head.facts.chunk_count = cursor.read<std::uint64_t>("chunk count");
    head.facts.frames_per_chunk = cursor.read<std::uint32_t>("frames per chunk");
    head.facts.flags = cursor.read<std::uint32_t>("flags");
    head.table_hash = cursor.read<std::uint64_t>("table hash");
    if (cursor.read<std::uint64_t>("head hash") != simd::hash64(bytes.first(hashed_head_bytes)))
        fail(ErrorCode::corrupt, "footer: head (offset ", hex(offset), "): its hash does not hold");
    if (major != footer_major)
        fail(ErrorCode::unsupported, "footer: version ", major, ", this build reads version ", footer_major,
             "; a newer mrcz is needed");
    if (head.facts.frames_per_chunk != 1)
        fail(ErrorCode::unsupported, "footer: ", head.facts.frames_per_chunk,
             " frames a chunk, this build reads chunks of one; a newer mrcz is needed");
    return head;
}

SectionEntry parse_entry(Cursor& cursor, std::uint64_t footer_offset) {
    const auto text = [&](std::string_view field) {
        const auto bytes = cursor.take(4, field);
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    SectionEntry entry;
    entry.id = text("section id");
    entry.encoding = text("section encoding");
    const auto compression = cursor.read<std::uint32_t>("section compression");
    if (compression > static_cast<std::uint32_t>(SectionCompression::zstd))
        fail(ErrorCode::unsupported, "footer: section ", printable(entry.id), ": compression ", compression,
             " is unknown to this version");
    entry.compression = static_cast<SectionCompression>(compression);
    entry.flags = cursor.read<std::uint32_t>("section flags");
    entry.offset = checked_add(footer_offset, cursor.read<std::uint64_t>("section offset"), "footer: section offset");
    entry.stored_bytes = cursor.read<std::uint64_t>("section bytes");
    entry.raw_bytes = cursor.read<std::uint64_t>("section raw bytes");
    entry.hash = cursor.read<std::uint64_t>("section hash");
    return entry;
}

void check_entry(const SectionEntry& entry, std::uint64_t footer_offset, std::uint64_t contents_offset,
                 std::uint64_t footer_bytes) {
    const std::uint64_t end = checked_add(entry.offset, entry.stored_bytes, "footer: section end");
    if (entry.offset < contents_offset)
        fail(ErrorCode::corrupt, "footer: section ", printable(entry.id), " (offset ", hex(entry.offset),
             ") begins before the section table ends at ", hex(contents_offset));
    if (end > footer_offset + footer_bytes)
        fail(ErrorCode::corrupt, "footer: section ", printable(entry.id), " (offset ", hex(entry.offset), ", ",
             entry.stored_bytes, " bytes) exceeds the footer's end at ", hex(footer_offset + footer_bytes));
    const bool known = std::any_of(section_kinds.begin(), section_kinds.end(),
                                   [&](const SectionKind& kind) { return kind.id == entry.id; });
    if (!known && (entry.flags & section_is_required) != 0)
        fail(ErrorCode::unsupported, "footer: section ", printable(entry.id),
             " is required to read this file and unknown to this version; a newer mrcz is needed");
}

/// What may stand between two sections: fewer zeros than the alignment has bytes.
void check_zeros(const ByteSource& source, std::uint64_t from, std::uint64_t to) {
    if (from > to) fail(ErrorCode::corrupt, "footer: two sections overlap at offset ", hex(to));
    std::array<std::byte, alignment> room{};
    if (to - from >= alignment)
        fail(ErrorCode::corrupt, "footer: ", to - from, " bytes at offset ", hex(from), " belong to no section");
    const auto padding = std::span(room).first(static_cast<std::size_t>(to - from));
    source.read_at(from, padding);
    if (std::ranges::any_of(padding, [](std::byte byte) { return byte != std::byte{0}; }))
        fail(ErrorCode::corrupt, "footer: padding at offset ", hex(from), " is not zero");
}

}  // namespace

const SectionEntry* Footer::find(std::string_view id) const noexcept {
    const auto found =
        std::find_if(sections.begin(), sections.end(), [&](const auto& entry) { return entry.id == id; });
    return found == sections.end() ? nullptr : &*found;
}

void write_footer(io::ByteSink& sink, const FooterFacts& facts, std::vector<Section> sections) {
    if (sections.size() > most_sections)
        fail(ErrorCode::limit_exceeded, "footer: ", sections.size(), " sections, more than the ", most_sections,
             " that readers take");
    std::vector<StoredSection> stored;
    for (Section& section : sections) stored.push_back(stored_form(section));
    const Bytes table = section_table(sections, stored);
    std::uint64_t footer_bytes = footer_head_bytes + table.size();
    for (const StoredSection& section : stored) footer_bytes += padded(section.stored.size());
    sink.write(footer_head(facts, footer_bytes, sections.size(), table));
    sink.write(table);
    constexpr std::array<std::byte, alignment> zeros{};
    for (const StoredSection& section : stored) {
        sink.write(section.stored);
        sink.write(
            std::span(zeros).first(static_cast<std::size_t>(padded(section.stored.size()) - section.stored.size())));
    }
}

bool has_footer_magic(const ByteSource& source, std::uint64_t offset) {
    if (offset > source.size() || source.size() - offset < footer_magic.size()) return false;
    std::array<std::byte, footer_magic.size()> magic{};
    source.read_at(offset, magic);
    return std::equal(magic.begin(), magic.end(), std::as_bytes(std::span(footer_magic)).begin());
}

bool has_hidden_footer_head(const ByteSource& source, std::uint64_t offset) {
    if (offset > source.size() || source.size() - offset < footer_head_bytes) return false;
    std::array<std::byte, footer_head_bytes> head{};
    source.read_at(offset, head);
    const auto magic = std::span(head).first(footer_magic.size());
    if (std::ranges::any_of(magic, [](std::byte byte) { return byte != std::byte{0}; })) return false;
    std::ranges::copy(std::as_bytes(std::span(footer_magic)), magic.begin());
    try {
        (void)parse_head(head, offset);
    } catch (const Error&) {
        return false;
    }
    return true;
}

Footer read_footer(const ByteSource& source, std::uint64_t offset) {
    const std::uint64_t available = source.size() - offset;
    if (available < footer_head_bytes)
        fail(ErrorCode::truncated, "footer (offset ", hex(offset), "): only ", available,
             " bytes of its head are there");
    std::array<std::byte, footer_head_bytes> head_bytes{};
    source.read_at(offset, head_bytes);
    const Head head = parse_head(head_bytes, offset);
    if (head.footer_bytes > available)
        fail(ErrorCode::truncated, "footer (offset ", hex(offset), "): ", head.footer_bytes,
             " bytes long, but the file "
             "ends after ",
             available);
    if (head.sections > most_sections || head.footer_bytes < footer_head_bytes ||
        section_entry_bytes * head.sections > head.footer_bytes - footer_head_bytes)
        fail(ErrorCode::corrupt, "footer: section count ", head.sections, " does not fit into ", head.footer_bytes,
             " bytes");
    Bytes table(section_entry_bytes * head.sections);
    source.read_at(offset + footer_head_bytes, table);
    if (simd::hash64(table) != head.table_hash)
        fail(ErrorCode::corrupt, "footer: section table (offset ", hex(offset + footer_head_bytes),
             "): its hash does not hold");
    Footer footer{.facts = head.facts, .bytes = head.footer_bytes, .sections = {}};
    Cursor cursor(table, "footer: section table", offset + footer_head_bytes);
    for (std::uint32_t i = 0; i < head.sections; ++i) {
        SectionEntry entry = parse_entry(cursor, offset);
        check_entry(entry, offset, offset + footer_head_bytes + table.size(), head.footer_bytes);
        if (footer.find(entry.id) != nullptr)
            fail(ErrorCode::corrupt, "footer: section ", printable(entry.id), " stands in the table twice");
        footer.sections.push_back(std::move(entry));
    }
    return footer;
}

void check_padding(const ByteSource& source, std::uint64_t offset, const Footer& footer) {
    std::vector<SectionEntry> sections = footer.sections;
    std::ranges::sort(sections, {},
                      [](const SectionEntry& entry) { return std::pair(entry.offset, entry.stored_bytes); });
    std::uint64_t at = offset + footer_head_bytes + section_entry_bytes * sections.size();
    for (const SectionEntry& section : sections) {
        check_zeros(source, at, section.offset);
        at = section.offset + section.stored_bytes;
    }
    check_zeros(source, at, offset + footer.bytes);
}

Section load_section(const ByteSource& source, const SectionEntry& entry, std::uint64_t most_bytes) {
    const std::string place = concat("footer: section ", printable(entry.id), " (offset ", hex(entry.offset), ")");
    if (entry.raw_bytes > most_bytes || entry.stored_bytes > source.size())
        fail(ErrorCode::limit_exceeded, place, ": ", entry.raw_bytes, " bytes, more than the ", most_bytes,
             " allowed here");
    if (entry.compression == SectionCompression::none && entry.stored_bytes != entry.raw_bytes)
        fail(ErrorCode::corrupt, place, ": ", entry.stored_bytes, " bytes stored for ", entry.raw_bytes);
    Bytes stored(static_cast<std::size_t>(entry.stored_bytes));
    source.read_at(entry.offset, stored);
    if (simd::hash64(stored) != entry.hash) fail(ErrorCode::corrupt, place, ": its hash does not hold");
    Section section{.id = entry.id, .encoding = entry.encoding, .flags = entry.flags, .payload = {}};
    if (entry.compression == SectionCompression::none) {
        section.payload = std::move(stored);
    } else {
        try {
            section.payload = decompress_section(stored, entry.raw_bytes);
        } catch (const Error& error) {
            fail(error.code(), place, ": ", error.message());
        }
    }
    return section;
}

}  // namespace mrcz::container
