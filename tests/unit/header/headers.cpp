#include "unit/header/headers.hpp"

#include "header/byte_order_of.hpp"

namespace mrcz::header_test {

using enum HeaderField;

Header clean_header() {
    Header header;
    header.set_integer(nx, 64);
    header.set_integer(ny, 48);
    header.set_integer(nz, 7);
    header.set_integer(mode, 1);
    header.set_integer(mx, 64);
    header.set_integer(my, 48);
    header.set_integer(mz, 1);
    header.set_real(cell_a, 96);
    header.set_real(cell_b, 72);
    header.set_real(cell_c, 1.5F);
    for (const HeaderField angle : {cell_alpha, cell_beta, cell_gamma}) header.set_real(angle, 90);
    header.set_integer(mapc, 1);
    header.set_integer(mapr, 2);
    header.set_integer(maps, 3);
    header.set_real(dmin, -4);
    header.set_real(dmax, 900);
    header.set_real(dmean, 12.5F);
    header.set_integer(nversion, 20141);
    header.set_text(map, "MAP ");
    header.set_text(machst, std::string_view("DD\0\0", 4));
    header.set_real(rms, 3.25F);
    header.set_integer(nlabl, 1);
    for (std::size_t i = 0; i < Header::label_count; ++i) header.set_text(label, i == 0 ? "Clean" : "", i);
    return header;
}

Header with(Header header, HeaderField field, std::int64_t value) {
    header.set_integer(field, value);
    return header;
}

Header with_real(Header header, HeaderField field, float value) {
    header.set_real(field, value);
    return header;
}

Header with_stamp(Header header, std::string_view stamp) {
    header.set_text(machst, stamp, 0, '\0');
    return header;
}

Header with_axes(Header header, int columns, int rows, int sections) {
    header.set_integer(mapc, columns);
    header.set_integer(mapr, rows);
    header.set_integer(maps, sections);
    return header;
}

Header big_endian(Header header) { return header::swapped(with_stamp(std::move(header), "\x11\x11")); }

Header python_big_endian(const Header& header) {
    Header mixed = big_endian(header);
    for (const HeaderField field :
         {mode, mz, dmin, dmax, dmean, voltage, spherical_aberration, detector_gain, packed_bytes, nlabl})
        mixed.copy_from(header, field);
    return mixed;
}

namespace {

Header old_imod(ByteOrder order) {
    Header header = with(clean_header(), nversion, 0);
    if (order == ByteOrder::big) header = header::swapped(header);
    std::byte* bytes = header.bytes().data();
    const std::int16_t waves[] = {1, 617, 0, 0, 0, 0};
    for (std::size_t i = 0; i < 6; ++i) store(bytes + 196 + 2 * i, waves[i], order);
    const float origin_zxy[] = {10, 20, 30};
    for (std::size_t i = 0; i < 3; ++i) store(bytes + 208 + 4 * i, origin_zxy[i], order);
    return header;
}

}  // namespace

Header old_imod_header() { return old_imod(ByteOrder::little); }
Header old_imod_header_big_endian() { return old_imod(ByteOrder::big); }

}  // namespace mrcz::header_test
