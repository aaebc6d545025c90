#include "container/header_rescue.hpp"

#include <algorithm>
#include <limits>

#include "base/fail.hpp"
#include "container/chunk_index.hpp"
#include "container/frame_records.hpp"
#include "container/last_footer.hpp"
#include "container/original.hpp"
#include "header/layout.hpp"
#include "header/modes.hpp"

namespace mrcz::container {
namespace {

constexpr std::array shape_fields{HeaderField::nx, HeaderField::ny, HeaderField::mode};
constexpr unsigned field_bits = 32;

std::optional<Section> loaded(const ByteSource& source, const Footer& footer, std::string_view id, std::uint64_t most) {
    const SectionEntry* entry = footer.find(id);
    if (entry == nullptr) return std::nullopt;
    try {
        return load_section(source, *entry, most);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Whether a header is the one that was hashed when the file was written.
class Proof {
  public:
    Proof(const ByteSource& source, const LastFooter& last) {
        const auto section = loaded(source, last.footer, section::header_hash, sizeof(std::uint64_t));
        if (!section || section->payload.size() != sizeof(std::uint64_t)) return;
        hash_ = load_le<std::uint64_t>(section->payload.data());
        extended_header_.resize(static_cast<std::size_t>(last.footer.facts.data_offset - Header::bytes_on_disk));
        source.read_at(Header::bytes_on_disk, extended_header_);
    }

    [[nodiscard]] bool holds_for(const Header& header) const {
        if (!hash_) return false;
        simd::Hasher64 hasher;
        hasher.update(header.bytes());
        hasher.update(extended_header_);
        return hasher.digest() == *hash_;
    }

  private:
    std::optional<std::uint64_t> hash_;
    Bytes extended_header_;
};

/// The header with one bit of its shape or pixel type turned, where that is what was written.
std::optional<Header> with_one_bit_turned(const Header& header, const Proof& proof) {
    for (const HeaderField field : shape_fields)
        for (unsigned bit = 0; bit < field_bits; ++bit) {
            Header turned = header;
            const auto value = static_cast<std::uint32_t>(header.integer(field)) ^ (std::uint32_t{1} << bit);
            turned.set_integer(field, static_cast<std::int32_t>(value));
            if (proof.holds_for(turned)) return turned;
        }
    return std::nullopt;
}

std::optional<header::Layout> layout_of_original(const ByteSource& source, const Footer& footer, const Limits& limits) {
    const auto section = loaded(source, footer, section::original, most_original_bytes(limits));
    if (!section) return std::nullopt;
    try {
        return header::read_layout(parse_original(section->payload).header, limits);
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Shape and pixel type of the file it was made from. Where the hash does not say which codec it is, MODE does.
std::optional<Header> as_original(const Header& header, const header::Layout& original, const Proof& proof) {
    Header like = header;
    like.set_integer(HeaderField::nx, original.header.nx());
    like.set_integer(HeaderField::ny, original.header.ny());
    for (const CodecInfo& codec : codecs()) {
        like.set_integer(HeaderField::mode, original.base_mode + header::codec_factor * codec.id);
        if (proof.holds_for(like)) return like;
    }
    const std::int64_t codec_id = header.integer(HeaderField::mode) / header::codec_factor;
    const auto has_id = [codec_id](const CodecInfo& codec) { return codec.id != 0 && codec.id == codec_id; };
    if (std::ranges::none_of(codecs(), has_id)) return std::nullopt;
    like.set_integer(HeaderField::mode, original.base_mode + header::codec_factor * codec_id);
    return like;
}

}  // namespace

std::optional<Header> rescued_header(const ByteSource& source, const Limits& limits) {
    const auto last = last_footer(source, limits);
    if (!last) return std::nullopt;
    const FooterFacts& facts = last->footer.facts;
    Header header;
    source.read_at(0, header.bytes());
    const auto stored = header.bytes();
    header.set_integer(HeaderField::nz, static_cast<std::int64_t>(facts.chunk_count));
    header.set_integer(HeaderField::nsymbt, static_cast<std::int64_t>(facts.data_offset - Header::bytes_on_disk));
    header.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(last->offset - facts.data_offset));
    const Proof proof(source, *last);
    if (!proof.holds_for(header)) {
        if (const auto turned = with_one_bit_turned(header, proof)) return turned;
        if (const auto original = layout_of_original(source, last->footer, limits))
            header = as_original(header, *original, proof).value_or(header);
    }
    if (header.bytes() == stored) return std::nullopt;
    return header;
}

}  // namespace mrcz::container
