#include "container/sum_section.hpp"

#include <cmath>
#include <limits>

#include "base/checked.hpp"
#include "base/cursor.hpp"

namespace mrcz::container {
namespace {

constexpr std::string_view place = "section SUMI";
constexpr std::size_t head_bytes = 8;

template <class Value>
void store_values(const std::vector<Value>& values, Bytes& payload) {
    payload.resize(head_bytes + values.size() * sizeof(Value));
    std::byte* to = payload.data() + head_bytes;
    for (const Value value : values) {
        store_le(to, value);
        to += sizeof(Value);
    }
}

template <class Value>
std::vector<Value> read_values(Cursor& cursor, std::uint64_t pixels) {
    const auto bytes = cursor.take(checked_mul(pixels, sizeof(Value), place), "values");
    std::vector<Value> values(static_cast<std::size_t>(pixels));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = load_le<Value>(&bytes[i * sizeof(Value)]);
    return values;
}

struct ValueRange {
    double least = 0, greatest = 0;
};

template <class Value>
constexpr ValueRange range_of_values() {
    return {static_cast<double>(std::numeric_limits<Value>::lowest()),
            static_cast<double>(std::numeric_limits<Value>::max())};
}

ValueRange range_of(PixelType type) {
    constexpr double greatest_half = 65504;
    switch (type) {
        case PixelType::int8:
            return range_of_values<std::int8_t>();
        case PixelType::uint8:
            return range_of_values<std::uint8_t>();
        case PixelType::int16:
            return range_of_values<std::int16_t>();
        case PixelType::uint16:
            return range_of_values<std::uint16_t>();
        case PixelType::int32:
            return range_of_values<std::int32_t>();
        case PixelType::uint32:
            return range_of_values<std::uint32_t>();
        case PixelType::uint4:
            return {0, 15};
        case PixelType::float16:
            return {-greatest_half, greatest_half};
        default:
            return range_of_values<float>();
    }
}

}  // namespace

void require_possible(const SumImage& sum, PixelType type) {
    constexpr double rounding = 1 + 1e-9;
    const double frames = static_cast<double>(sum.frames) * rounding;
    const ValueRange of_one = range_of(type), range{frames * of_one.least, frames * of_one.greatest};
    std::visit(
        [&](const auto& values) {
            for (std::size_t i = 0; i < values.size(); ++i) {
                const double value = static_cast<double>(values[i]);
                if (!std::isfinite(value) || (value >= range.least && value <= range.greatest)) continue;
                fail(ErrorCode::corrupt, place, ": the sum of pixel ", i, " is ", values[i], ", more than ", sum.frames,
                     " frames of ", info_of(type).name, " can add up to");
            }
        },
        sum.values);
}

Section sum_section(const SumImage& sum) {
    Section section{.id = std::string(section::sum), .encoding = std::string(encoding::raw), .flags = 0, .payload = {}};
    append_le(section.payload, static_cast<std::uint32_t>(sum.values.index() + 1));
    append_le(section.payload, std::uint32_t{0});
    std::visit([&](const auto& values) { store_values(values, section.payload); }, sum.values);
    return section;
}

SumImage parse_sum(std::span<const std::byte> payload, const ImageShape& shape, std::int64_t frames) {
    Cursor cursor(payload, place);
    const auto type = cursor.read<std::uint32_t>("type");
    (void)cursor.read<std::uint32_t>("reserved");
    const std::uint64_t pixels =
        checked_mul(static_cast<std::uint64_t>(shape.nx), static_cast<std::uint64_t>(shape.ny), place);
    SumImage sum{.shape = shape, .frames = frames, .values = {}};
    switch (type) {
        case 1:
            sum.values = read_values<std::uint32_t>(cursor, pixels);
            break;
        case 2:
            sum.values = read_values<std::int64_t>(cursor, pixels);
            break;
        case 3:
            sum.values = read_values<double>(cursor, pixels);
            break;
        default:
            fail(ErrorCode::corrupt, place, ": type ", type, ", expected 1 (u32), 2 (i64) or 3 (f64)");
    }
    if (cursor.remaining() > 0)
        fail(ErrorCode::corrupt, place, ": ", cursor.remaining(), " bytes follow the sums of ", shape.nx, " x ",
             shape.ny, " pixels");
    return sum;
}

}  // namespace mrcz::container
