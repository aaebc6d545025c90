#include "header/layout.hpp"

#include "base/checked.hpp"
#include "header/modes.hpp"
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
    const bool unsigned_bytes = (mode.mode == 0 || mode.mode == 5) && !mode0_is_signed(header);
    return unsigned_bytes ? PixelType::uint8 : mode.type;
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
    const auto pixels = checked_mul(static_cast<std::uint64_t>(layout.header.nx()),
                                    static_cast<std::uint64_t>(layout.header.ny()), "header: NX x NY");
    layout.frame_bytes = checked_mul(pixels, info_of(layout.type).pixel_bytes, "header: bytes of a frame");
    if (layout.frame_bytes > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "header: a frame of ", layout.header.nx(), " x ", layout.header.ny(),
             " pixels takes ", layout.frame_bytes, " bytes, more than the limit of ", limits.frame_bytes);
    layout.data_offset = data_offset_of(layout.header, limits);
    layout.data_bytes =
        checked_mul(layout.frame_bytes, static_cast<std::uint64_t>(layout.frames), "header: bytes of all frames");
    return layout;
}

}  // namespace mrcz::header
