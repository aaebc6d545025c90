#include "foreign/array_shape.hpp"

#include <algorithm>

#include "base/byte_order.hpp"
#include "base/checked.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::foreign {
namespace {

constexpr std::uint64_t most_columns = 0x7fffffff;  // as MRC counts them

/// MODE without its codec part, of the header that went along; -1: there is none.
std::int64_t carried_mode(const meta::JsonValue& attributes) {
    const meta::JsonValue* const mrc = attributes.find("mrc");
    const meta::JsonValue* const header = mrc == nullptr ? nullptr : mrc->find("header");
    const meta::JsonValue* const mode = header == nullptr ? nullptr : header->find("MODE");
    const auto number = mode == nullptr ? std::nullopt : mode->whole_number();
    return number ? static_cast<std::int64_t>(*number % 1000) : -1;
}

/// By the header that went along, or as NeXus and HDF5's images say it.
bool says_colours(const meta::JsonValue& attributes) {
    constexpr std::int64_t colour_mode = 16;
    const auto text = [&](std::string_view name) {
        const meta::JsonValue* const value = attributes.find(name);
        return value == nullptr ? std::string_view() : value->text().value_or(std::string_view());
    };
    return carried_mode(attributes) == colour_mode || text("interpretation").starts_with("rgb") ||
           text("IMAGE_SUBCLASS") == "IMAGE_TRUECOLOR";
}

/// What pixels are made of an array's numbers, and of how many along its last axis.
struct Pixels {
    PixelType type;
    std::uint64_t parts;
};

Pixels pixels_of(std::span<const std::uint64_t> shape, PixelType number, std::int64_t mode, bool says_colours) {
    constexpr std::int64_t complex_mode = 3;
    // Of four axes it may be a scan of narrow frames as well.
    const bool is_colour = shape.size() == 5 || (shape.size() == 4 && says_colours);
    if (is_colour && number == PixelType::uint8 && shape.back() == 3) return {PixelType::rgb8, 3};
    if (shape.size() >= 4 && number == PixelType::int16 && shape.back() == 2 && mode == complex_mode)
        return {PixelType::complex_int16, 2};
    return {number, 1};
}

}  // namespace

std::string sizes_text(std::span<const std::uint64_t> sizes) {
    std::string text;
    for (const std::uint64_t size : sizes) text += concat(text.empty() ? "" : "x", size);
    return text;
}

FrameAxes frame_axes(std::span<const std::uint64_t> shape, PixelType number, const meta::JsonValue& attributes,
                     const Limits& limits) {
    const Pixels pixels = pixels_of(shape, number, carried_mode(attributes), says_colours(attributes));
    const std::size_t axes = shape.size() - (pixels.parts > 1 ? 1 : 0);
    if (axes < 2 || axes > 4)
        fail(ErrorCode::unsupported, "an array of ", sizes_text(shape),
             " is no image, no stack of images and no scan: 2, 3 or 4 axes are expected");
    const std::size_t leading = axes - 2;
    std::uint64_t frames = 1;
    for (const std::uint64_t size : shape.first(leading)) frames = checked_mul(frames, size, "frames of the array");
    const std::uint64_t ny = shape[leading];
    const std::uint64_t nx = shape[leading + 1];
    if (frames > most_columns || ny > most_columns || nx > most_columns || frames == 0 || ny == 0 || nx == 0)
        fail(ErrorCode::unsupported, "an array of ", sizes_text(shape),
             " has no or too many frames, rows or columns for MRC");
    FrameAxes found{leading,
                    static_cast<std::int64_t>(frames),
                    {},
                    {pixels.type, static_cast<std::int64_t>(nx), static_cast<std::int64_t>(ny), RowPacking::padded}};
    if (leading == 2) found.scan = {static_cast<std::int64_t>(shape[0]), static_cast<std::int64_t>(shape[1])};
    if (bytes_of(found.format) > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "frames of ", bytes_of(found.format), " bytes, more than the limit of ",
             limits.frame_bytes);
    return found;
}

bool is_one_frame(std::span<const std::uint64_t> chunk, std::span<const std::uint64_t> shape, std::size_t leading) {
    return std::ranges::all_of(chunk.first(leading), [](std::uint64_t size) { return size == 1; }) &&
           std::ranges::equal(chunk.subspan(leading), shape.subspan(leading));
}

bool is_movable_chunk(std::span<const std::byte> stored, std::uint64_t frame_bytes) noexcept {
    if (stored.size() < codec::blosc::header_bytes) return false;
    return std::to_integer<std::uint8_t>(stored[0]) == codec::blosc::format_version &&
           load_le<std::uint32_t>(&stored[4]) == frame_bytes && load_le<std::uint32_t>(&stored[12]) == stored.size();
}

void refuse_number(std::string_view name) {
    fail(ErrorCode::unsupported, "its numbers are ", name,
         ", and MRC files have no mode for them: they hold integers of 8, 16 or 32 bits, float16, float32 and "
         "complex64; "
         "convert the array before, with NumPy's astype() for instance");
}

}  // namespace mrcz::foreign
