#include <vector>

#include "base/byte_order.hpp"
#include "base/checked.hpp"
#include "base/fail.hpp"
#include "foreign/formats.hpp"
#include "foreign/numbers.hpp"
#include "mrcz/convert.hpp"

namespace mrcz::foreign {
namespace {

template <class Word>
void swap_words(std::span<std::byte> bytes) {
    for (std::size_t at = 0; at + sizeof(Word) <= bytes.size(); at += sizeof(Word))
        store_le(bytes.data() + at, load<Word>(bytes.data() + at, ByteOrder::big));
}

void from_big_endian(std::span<std::byte> bytes, std::size_t word_bytes) {
    if (word_bytes == 2) swap_words<std::uint16_t>(bytes);
    if (word_bytes == 4) swap_words<std::uint32_t>(bytes);
}

}  // namespace

FloatImage read_bare_pixels(const ByteSource& source, const BarePixels& pixels, const Limits& limits) {
    const ImageShape shape = pixels.shape;
    if (shape.nx <= 0 || shape.ny <= 0)
        fail(ErrorCode::invalid_argument, "bare pixels: ", shape.nx, " x ", shape.ny, " is no image");
    FloatImage image =
        make_image(static_cast<std::uint64_t>(shape.nx), static_cast<std::uint64_t>(shape.ny), 0, limits);
    const FrameFormat format{pixels.type, shape.nx, shape.ny, RowPacking::padded};
    const std::uint64_t bytes = bytes_of(format);
    if (checked_add(bytes, pixels.offset_bytes, "bare pixels") != source.size())
        fail(source.size() < bytes + pixels.offset_bytes ? ErrorCode::truncated : ErrorCode::corrupt, "holds ",
             source.size(), " bytes; ", shape.nx, " x ", shape.ny, " pixels of ", info_of(pixels.type).name,
             " from byte ", pixels.offset_bytes, " on end at ", bytes + pixels.offset_bytes);
    std::vector<std::byte> stored(bytes);
    source.read_at(pixels.offset_bytes, stored);
    if (pixels.is_big_endian) from_big_endian(stored, info_of(pixels.type).word_bytes);
    convert(stored, format, std::as_writable_bytes(std::span(image.values)),
            {PixelType::float32, shape.nx, shape.ny, RowPacking::padded}, {.clip = false, .round = true});
    return image;
}

}  // namespace mrcz::foreign
