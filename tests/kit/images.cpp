#include "kit/images.hpp"

#include <array>
#include <random>

#include "header/byte_order_of.hpp"
#include "header/compose.hpp"
#include "header/modes.hpp"
#include "simd/kernels.hpp"

namespace mrcz::kit {
namespace {

template <class Word, class Make>
Bytes words(std::uint64_t count, const Make& make) {
    Bytes bytes;
    bytes.reserve(count * sizeof(Word));
    for (std::uint64_t i = 0; i < count; ++i) append_le(bytes, static_cast<Word>(make()));
    return bytes;
}

}  // namespace

std::vector<PixelType> pixel_types_with_a_mode() {
    return {
        PixelType::int8,    PixelType::int16,   PixelType::uint16,        PixelType::int32,           PixelType::uint32,
        PixelType::float16, PixelType::float32, PixelType::complex_int16, PixelType::complex_float32, PixelType::rgb8};
}

Bytes make_pixels(PixelType type, std::uint64_t pixels, std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto count = [&random] {
        const auto draw = static_cast<std::uint32_t>(random());
        return draw % 997 == 0 ? draw % 120 : static_cast<std::uint32_t>(__builtin_popcount(draw & 0x0f0f)) / 2;
    };
    const PixelTypeInfo& info = info_of(type);
    const std::uint64_t numbers = pixels * info.pixel_bytes / info.word_bytes;
    switch (type) {
        case PixelType::float32:
        case PixelType::complex_float32:
            return words<float>(numbers, [&] { return static_cast<float>(count()) * 1.0625F; });
        case PixelType::float16:
            return words<std::uint16_t>(numbers, [&] { return 0x3c00 + 64 * count(); });
        default:
            break;
    }
    if (info.word_bytes == 1) return words<std::uint8_t>(numbers, count);
    if (info.word_bytes == 2) return words<std::uint16_t>(numbers, count);
    return words<std::uint32_t>(numbers, count);
}

Bytes make_noise(std::size_t bytes, std::uint32_t seed) {
    std::mt19937 random(seed);
    return words<std::uint8_t>(bytes, [&] { return static_cast<std::uint8_t>(random() >> 13); });
}

Bytes make_plain_file(const PlainFile& description, std::uint32_t seed) {
    header::FreshImage image;
    image.nx = description.nx;
    image.ny = description.ny;
    image.type = description.type;
    Header header = header::fresh_header(image, 0);
    header::set_extent(header, description.nz, {1.5, 1.5, 1.5});
    header.set_integer(HeaderField::nsymbt, static_cast<std::int64_t>(description.extended_bytes));
    if (description.extended_bytes > 0) header.set_text(HeaderField::exttyp, "SERI");
    const auto pixels = static_cast<std::uint64_t>(description.nx * description.ny * description.nz);
    Bytes data = make_pixels(description.type, pixels, seed);
    if (description.order == ByteOrder::big) {
        header.set_text(HeaderField::machst, std::string_view("\x11\x11\0\0", 4));
        header = header::swapped(header);
        simd::kernels().byteswap(data, info_of(description.type).word_bytes);
    }
    Bytes file;
    append(file, header.bytes());
    append(file, make_noise(description.extended_bytes, seed + 1));
    append(file, data);
    append(file, make_noise(description.trailing_bytes, seed + 2));
    return file;
}

}  // namespace mrcz::kit
