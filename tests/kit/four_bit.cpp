#include "kit/four_bit.hpp"

#include "header/byte_order_of.hpp"
#include "header/compose.hpp"
#include "header/modes.hpp"
#include "kit/images.hpp"

namespace mrcz::kit {

FrameFormat format_of(const FourBitFile& file) { return {PixelType::uint4, file.nx, file.ny, file.packing}; }

Bytes make_four_bit_file(const FourBitFile& description, std::uint32_t seed) {
    header::FreshImage image;
    image.nx = description.nx;
    image.ny = description.ny;
    image.type = PixelType::uint4;
    Header header = header::fresh_header(image, 0);
    header::set_extent(header, description.nz, {1.5, 1.5, 1.5});
    if (description.half_width) {
        header.set_integer(HeaderField::mode, 0);
        header.set_integer(HeaderField::nx, description.nx / 2);
        header.set_integer(HeaderField::mx, description.nx / 2);
        header.set_real(HeaderField::cell_a, 1.5F * static_cast<float>(description.nx / 2));
        header.set_integer(HeaderField::imod_stamp, header::imod_stamp);
        header.set_integer(HeaderField::imod_flags, header::imod_flag::packed_4_bit);
    }
    header.set_integer(HeaderField::nsymbt, static_cast<std::int64_t>(description.extended_bytes));
    if (description.extended_bytes > 0) header.set_text(HeaderField::exttyp, "SERI");
    if (description.order == ByteOrder::big) {
        header.set_text(HeaderField::machst, std::string_view("\x11\x11\0\0", 4));
        header = header::swapped(header);
    }
    const std::uint64_t data_bytes = bytes_of(format_of(description)) * static_cast<std::uint64_t>(description.nz);
    Bytes file;
    append(file, header.bytes());
    append(file, make_noise(description.extended_bytes, seed + 1));
    append(file, make_noise(data_bytes, seed));
    append(file, make_noise(description.trailing_bytes, seed + 2));
    return file;
}

Bytes with_empty_halves(Bytes file, const FourBitFile& description) {
    const std::size_t begin = Header::bytes_on_disk + description.extended_bytes;
    const std::size_t end = file.size() - description.trailing_bytes;
    const auto step = static_cast<std::size_t>(bytes_to_empty_half(format_of(description)));
    for (std::size_t at = begin + step; step > 0 && at <= end; at += step) file[at - 1] &= std::byte{15};
    return file;
}

Bytes unpacked(std::span<const std::byte> frame, const FrameFormat& format) {
    Bytes pixels;
    const std::int64_t row_halves = format.packing == RowPacking::padded ? (format.nx + 1) / 2 * 2 : format.nx;
    for (std::int64_t y = 0; y < format.ny; ++y)
        for (std::int64_t x = 0; x < format.nx; ++x) {
            const auto half = static_cast<std::size_t>(y * row_halves + x);
            pixels.push_back(half % 2 == 0 ? frame[half / 2] & std::byte{15} : frame[half / 2] >> 4);
        }
    return pixels;
}

}  // namespace mrcz::kit
