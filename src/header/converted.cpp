#include "header/converted.hpp"

#include <limits>

#include "base/fail.hpp"
#include "header/compose.hpp"
#include "header/modes.hpp"

namespace mrcz::header {
namespace {

/// The cell grows with MX where both counted bytes, so that the voxel stays.
void widen(Header& header, std::int64_t columns) {
    if (header.integer(HeaderField::mx) == header.nx()) {
        header.set_integer(HeaderField::mx, columns);
        header.set_real(HeaderField::cell_a, 2 * header.real(HeaderField::cell_a));
    }
    header.set_integer(HeaderField::nx, columns);
}

void set_imod_flags(Header& header, PixelType type) {
    if (header.integer(HeaderField::imod_stamp) != imod_stamp) return;
    std::int64_t flags = header.integer(HeaderField::imod_flags) & ~(imod_flag::packed_4_bit | imod_flag::signed_bytes);
    if (type == PixelType::int8) flags |= imod_flag::signed_bytes;
    header.set_integer(HeaderField::imod_flags, flags);
}

/// Those of the source could make bytes look unsigned.
void forget_statistics(Header& header) {
    header.set_real(HeaderField::dmin, 0);
    header.set_real(HeaderField::dmax, -1);
    header.set_real(HeaderField::dmean, -2);
    header.set_real(HeaderField::rms, -1);
}

}  // namespace

Layout converted_layout(const Layout& source, PixelType type) {
    const std::int32_t mode = writable_mode(type);
    Layout layout = source;
    layout.type = type;
    layout.base_mode = mode;
    layout.order = ByteOrder::little;
    if (layout.columns > std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, layout.columns, " columns are more than an MRC header can count");
    if (layout.columns != layout.header.nx()) widen(layout.header, layout.columns);
    // The codec stays in it: what MZ and CELLA mean depends on that.
    layout.header.set_integer(HeaderField::mode, mode + codec_factor * source.codec_id);
    layout.header.set_integer(HeaderField::nversion, version_of(type));
    set_imod_flags(layout.header, type);
    forget_statistics(layout.header);
    set_packing(layout, RowPacking::padded);
    return layout;
}

}  // namespace mrcz::header
