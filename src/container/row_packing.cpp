#include "container/row_packing.hpp"

#include <array>

#include "base/text.hpp"
#include "codec/codec.hpp"
#include "container/footer.hpp"
#include "mrcz/error.hpp"

namespace mrcz::container {
namespace {

header::Layout with_packing(header::Layout layout, RowPacking packing) {
    header::set_packing(layout, packing);
    return layout;
}

std::uint64_t data_end_of(const header::Layout& layout) { return layout.data_offset + layout.data_bytes; }

bool plain_rows_are_contiguous(const header::Layout& padded, const header::Layout& contiguous,
                               const ByteSource& source) {
    if (has_footer_magic(source, data_end_of(padded))) return false;
    if (has_footer_magic(source, data_end_of(contiguous))) return true;
    return source.size() >= data_end_of(contiguous) && source.size() < data_end_of(padded);
}

bool chunk_holds(const header::Layout& layout, const ByteSource& source) {
    const codec::CodecRow& row = codec::reading_row(layout.codec_id);
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
