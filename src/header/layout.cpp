#include "header/layout.hpp"

#include <limits>

#include "base/checked.hpp"
#include "header/modes.hpp"
#include "header/packed_bytes.hpp"
#include "header/rules.hpp"

namespace mrcz::header {
namespace {

std::uint64_t data_offset_of(const Header& header, const Limits& limits) {
    const std::int64_t extended = header.integer(HeaderField::nsymbt);
    if (extended < 0) fail(ErrorCode::corrupt, "header: NSYMBT (offset 0x5c): ", extended, " bytes of extended header");
    if (static_cast<std::uint64_t>(extended) > limits.extended_header_bytes)
        fail(ErrorCode::limit_exceeded, "header: NSYMBT (offset 0x5c): ", extended,
             " bytes of extended header, more than the limit of ", limits.extended_header_bytes);
    return Header::bytes_on_disk + static_cast<std::uint64_t>(extended);
}

PixelType pixel_type_of(const Header& header, const ModeInfo& mode) {
    if (bytes_hold_two_pixels(header)) return PixelType::uint4;
    const bool unsigned_bytes = (mode.mode == 0 || mode.mode == 5) && !mode0_is_signed(header);
    return unsigned_bytes ? PixelType::uint8 : mode.type;
}

Finding finding_of_packed_bytes(std::int64_t columns) {
    return {Severity::note, "MRC-P01", "MODE",
            concat("0 with two 4-bit pixels a byte, as IMOD marks it: NX is half of the ", columns, " columns")};
}

}  // namespace

Layout read_layout(std::span<const std::byte, Header::bytes_on_disk> bytes, const Limits& limits) {
    OrderedHeader ordered = read_ordered(bytes);
    Layout layout;
    layout.findings = check_rules(ordered);
    layout.header = ordered.header;
    layout.order = ordered.order;
    const auto mode = static_cast<std::int32_t>(layout.header.integer(HeaderField::mode));
    layout.base_mode = mode % codec_factor;
    layout.codec_id = static_cast<std::uint16_t>(mode / codec_factor);
    layout.type = pixel_type_of(layout.header, *find_mode(layout.base_mode));
    layout.frames = layout.header.nz();
    const bool two_pixels_a_byte = layout.type == PixelType::uint4 && layout.base_mode == 0;
    layout.columns = two_pixels_a_byte ? 2 * layout.header.nx() : layout.header.nx();
    layout.rows = layout.header.ny();
    if (two_pixels_a_byte) layout.findings.push_back(finding_of_packed_bytes(layout.columns));
    set_packing(layout, RowPacking::padded);
    if (layout.frame_bytes > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "header: a frame of ", layout.columns, " x ", layout.rows, " pixels takes ",
             layout.frame_bytes, " bytes, more than the limit of ", limits.frame_bytes);
    layout.data_offset = data_offset_of(layout.header, limits);
    return layout;
}

bool packing_is_open(const Layout& layout) noexcept {
    FrameFormat contiguous = layout.format();
    contiguous.packing = RowPacking::contiguous;
    return bytes_of(contiguous) != bytes_of(layout.format());
}

void set_packing(Layout& layout, RowPacking packing) {
    layout.packing = packing;
    layout.frame_bytes = bytes_of(layout.format());
    if (layout.frame_bytes == std::numeric_limits<std::uint64_t>::max())
        fail(ErrorCode::corrupt, "header: ", layout.columns, " x ", layout.rows, " pixels of ",
             info_of(layout.type).name, " overflow");
    layout.data_bytes =
        checked_mul(layout.frame_bytes, static_cast<std::uint64_t>(layout.frames), "header: bytes of all frames");
}

}  // namespace mrcz::header
