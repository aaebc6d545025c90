#include "foreign/numbers.hpp"

#include <algorithm>
#include <array>

#include "base/checked.hpp"
#include "base/fail.hpp"

namespace mrcz::foreign {
namespace {

template <class T>
void convert(const std::byte* from, ByteOrder order, std::span<float> to) {
    for (float& value : to) {
        value = static_cast<float>(load<T>(from, order));
        from += sizeof(T);
    }
}

struct Row {
    std::size_t bytes;
    void (*convert)(const std::byte* from, ByteOrder order, std::span<float> to);
};

template <class T>
constexpr Row row_of{sizeof(T), convert<T>};

/// In the order of Number.
constexpr std::array<Row, 10> rows{
    row_of<std::int8_t>,   row_of<std::uint8_t>, row_of<std::int16_t>,  row_of<std::uint16_t>, row_of<std::int32_t>,
    row_of<std::uint32_t>, row_of<std::int64_t>, row_of<std::uint64_t>, row_of<float>,         row_of<double>,
};

const Row& row(Number type) { return rows[static_cast<std::size_t>(type)]; }

}  // namespace

std::size_t bytes_of(Number type) noexcept { return row(type).bytes; }

void to_floats(std::span<const std::byte> from, Number type, ByteOrder order, std::span<float> to) {
    if (from.size() != to.size() * bytes_of(type)) fail(ErrorCode::internal, "floats from another number of bytes");
    row(type).convert(from.data(), order, to);
}

FloatImage make_image(std::uint64_t nx, std::uint64_t ny, std::uint64_t stored_bytes, const Limits& limits) {
    if (nx == 0 || ny == 0) fail(ErrorCode::corrupt, "an image of ", nx, " x ", ny, " pixels");
    const std::uint64_t pixels = checked_mul(nx, ny, "pixels of the image");
    const std::uint64_t bytes =
        checked_mul(pixels, std::max<std::uint64_t>(stored_bytes, sizeof(float)), "bytes of the image");
    if (bytes > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "an image of ", nx, " x ", ny, " pixels takes ", bytes, " bytes, the limit is ",
             limits.frame_bytes);
    return {{static_cast<std::int64_t>(nx), static_cast<std::int64_t>(ny)}, std::vector<float>(pixels)};
}

}  // namespace mrcz::foreign
