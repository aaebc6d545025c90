#include "header/mode0.hpp"

#include "header/imod.hpp"
#include "header/modes.hpp"

namespace mrcz::header {
namespace {

bool is_of_bytes(const Layout& layout) {
    return (layout.base_mode == 0 || layout.base_mode == 5) &&
           (layout.type == PixelType::int8 || layout.type == PixelType::uint8);
}

}  // namespace

void read_mode0_as(Layout& layout, Mode0 choice) noexcept {
    if (choice == Mode0::by_header || !is_of_bytes(layout)) return;
    layout.mode0 = choice;
    layout.type = choice == Mode0::as_signed ? PixelType::int8 : PixelType::uint8;
}

bool mode0_is_contradicted(const Layout& layout) noexcept {
    return layout.mode0 != Mode0::by_header && mode0_is_signed(layout.header) != (layout.mode0 == Mode0::as_signed);
}

void declare_mode0(Header& header, const Layout& layout) noexcept {
    if (layout.mode0 != Mode0::by_header) declare_sign(header, layout.mode0 == Mode0::as_signed);
}

void declare_sign(Header& header, bool is_signed) noexcept {
    // Flags without the stamp are somebody else's bytes; ORIGIN of a file that is not IMOD's has the standard's sign.
    std::int64_t flags =
        imod::is_stamped(header) ? header.integer(HeaderField::imod_flags) : std::int64_t{imod::standard_origin};
    flags = is_signed ? flags | imod::signed_bytes : flags & ~imod::signed_bytes;
    header.set_integer(HeaderField::imod_stamp, imod::stamp);
    header.set_integer(HeaderField::imod_flags, flags);
}

}  // namespace mrcz::header
