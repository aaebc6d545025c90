#include "container/row_packing.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "codec/codec.hpp"
#include "codec/own_chunk.hpp"
#include "container/footer.hpp"
#include "mrcz/error.hpp"

namespace mrcz::container {
namespace {

/// One byte is read of each.
constexpr std::uint64_t most_rows_looked_at = 4096;
/// Where k of n pixels are not zero, n others like them are all zero with a probability below e^-k.
constexpr int enough_pixels = 8;

header::Layout with_packing(header::Layout layout, RowPacking packing) {
    header::set_packing(layout, packing);
    return layout;
}

std::uint64_t data_end_of(const header::Layout& layout) { return layout.data_offset + layout.data_bytes; }

bool plain_rows_are_contiguous(const header::Layout& padded, const header::Layout& contiguous,
                               const ByteSource& source) {
    if (has_footer_magic(source, data_end_of(padded))) return false;
    if (has_footer_magic(source, data_end_of(contiguous))) return true;
    if (source.size() < data_end_of(contiguous) || source.size() >= data_end_of(padded)) return false;
    return source.size() == data_end_of(contiguous) || !has_empty_halves(padded, source);
}

bool own_chunk_is_contiguous(const header::Layout& layout, const codec::CodecRow& row, const ByteSource& source) {
    std::array<std::byte, codec::own_chunk_header_bytes> head{};
    if (source.size() < layout.data_offset + head.size()) return false;
    source.read_at(layout.data_offset, head);
    try {
        return codec::parse_own_chunk(head, row).has_contiguous_rows;
    } catch (const Error&) {
        return false;
    }
}

/// `layout` is the one with contiguous rows.
bool chunk_holds(const header::Layout& layout, const ByteSource& source) {
    const codec::CodecRow& row = codec::reading_row(layout.codec_id);
    if (row.has_own_chunks()) return own_chunk_is_contiguous(layout, row, source);
    std::array<std::byte, codec::chunk_head_bytes> head{};
    if (row.frame_size == nullptr || source.size() < layout.data_offset + head.size()) return false;
    source.read_at(layout.data_offset, head);
    try {
        return row.frame_size(head) == layout.frame_bytes;
    } catch (const Error&) {
        return false;  // whoever reads that frame hears what is wrong with it
    }
}

}  // namespace

bool has_empty_halves(const header::Layout& padded, const ByteSource& source) {
    const std::uint64_t row_bytes = bytes_to_empty_half(padded.format());
    if (row_bytes == 0 || source.size() < padded.data_offset) return false;
    const std::uint64_t present = std::min(source.size() - padded.data_offset, padded.data_bytes);
    const std::uint64_t rows = std::min(present / row_bytes, most_rows_looked_at);
    int lit = 0;
    for (std::uint64_t row = 0; row < rows; ++row) {
        std::array<std::byte, 1> last{};
        source.read_at(padded.data_offset + (row + 1) * row_bytes - 1, last);
        if ((last[0] >> 4) != std::byte{0}) return false;
        if (last[0] != std::byte{0}) ++lit;
    }
    return lit >= enough_pixels;
}

void settle_packing(header::Layout& layout, const ByteSource& source) {
    if (!header::packing_is_open(layout)) return;
    const header::Layout contiguous = with_packing(layout, RowPacking::contiguous);
    const bool is_contiguous =
        layout.codec_id == 0 ? plain_rows_are_contiguous(layout, contiguous, source) : chunk_holds(contiguous, source);
    if (!is_contiguous) return;
    layout = contiguous;
    layout.findings.push_back(
        {Severity::note, "MRC-P02", "NX",
         concat(layout.columns, " pixels of 4 bits a row, and rows begin in the middle of bytes, as RELION and EMAN2 ",
                "have it; IMOD pads them")});
}

}  // namespace mrcz::container
