#include "container/last_footer.hpp"

#include <algorithm>
#include <limits>

#include "container/chunk_index.hpp"
#include "mrcz/error.hpp"
#include "mrcz/header.hpp"

namespace mrcz::container {
namespace {

constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 20;

bool fits(const ByteSource& source, std::uint64_t offset, const Footer& footer, const Limits& limits) {
    const FooterFacts& facts = footer.facts;
    if ((facts.flags & footer_has_index) == 0 || facts.data_offset < Header::bytes_on_disk ||
        facts.data_offset > offset || facts.data_offset - Header::bytes_on_disk > limits.extended_header_bytes ||
        facts.data_offset - Header::bytes_on_disk > std::numeric_limits<std::int32_t>::max() ||
        facts.chunk_count > std::numeric_limits<std::int32_t>::max())
        return false;
    const std::uint64_t behind = source.size() - offset - footer.bytes;
    return behind == index_bytes(facts.chunk_count) &&
           read_index(source, facts.chunk_count, facts.data_offset, offset).has_value();
}

std::optional<LastFooter> footer_at(const ByteSource& source, std::uint64_t offset, const Limits& limits) {
    try {
        Footer footer = read_footer(source, offset);
        if (fits(source, offset, footer, limits)) return LastFooter{offset, std::move(footer)};
    } catch (const Error&) {  // bytes of a frame that look like one
    }
    return std::nullopt;
}

}  // namespace

std::optional<LastFooter> last_footer(const ByteSource& source, const Limits& limits) {
    const auto magic = std::as_bytes(std::span(footer_magic));
    Bytes piece;
    for (std::uint64_t end = source.size(); end > Header::bytes_on_disk;) {
        const std::uint64_t begin = std::max<std::uint64_t>(Header::bytes_on_disk, end - std::min(end, piece_bytes));
        // A magic number may reach into the piece behind.
        piece.resize(static_cast<std::size_t>(std::min(source.size(), end + magic.size() - 1) - begin));
        source.read_at(begin, piece);
        for (auto last = piece.end();;) {
            const auto found = std::find_end(piece.begin(), last, magic.begin(), magic.end());
            if (found == last) break;
            const auto offset = begin + static_cast<std::uint64_t>(found - piece.begin());
            if (auto footer = footer_at(source, offset, limits)) return footer;
            last = found;
        }
        end = begin;
    }
    return std::nullopt;
}

}  // namespace mrcz::container
