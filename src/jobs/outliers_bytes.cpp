#include "jobs/outliers_bytes.hpp"

#include <algorithm>

#include "base/checked.hpp"
#include "base/fail.hpp"

namespace mrcz::jobs {
namespace {

constexpr std::size_t pixel_bytes = 24;

template <class Value>
void append_list(Bytes& bytes, std::span<const Value> values) {
    append_le(bytes, static_cast<std::uint64_t>(values.size()));
    for (const Value value : values) append_le(bytes, value);
}

template <class Value>
std::vector<Value> read_list(Cursor& cursor, std::string_view field) {
    const auto count = cursor.read<std::uint64_t>(field);
    const auto from = cursor.take(checked_mul(count, sizeof(Value), field), field);
    std::vector<Value> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = load_le<Value>(&from[i * sizeof(Value)]);
    return values;
}

/// Every number of Outliers, in one order for both directions.
template <class Found, class Visit>
void visit_numbers(Found& found, const Visit& visit) {
    visit(found.shape.nx);
    visit(found.shape.ny);
    visit(found.frames);
    visit(found.values_per_electron);
    visit(found.mean);
    visit(found.sigma);
    visit(found.dark_threshold);
    visit(found.hot_threshold);
    visit(found.dead);
    visit(found.hot);
    visit(found.singletons);
    visit(found.clustered);
    visit(found.spared);
    visit(found.histogram.width);
    visit(found.histogram.first);
    visit(found.histogram.below);
    visit(found.histogram.above);
    visit(found.frame_mean);
    visit(found.added_noise);
}

/// Neighbours are read where the bits say.
bool has_neighbours_inside(const OutlierPixel& pixel, const ImageShape& shape) {
    constexpr int reach = 2, side = 5;
    const auto x = static_cast<std::int64_t>(pixel.index) % shape.nx,
               y = static_cast<std::int64_t>(pixel.index) / shape.nx;
    if (pixel.good_neighbours >> (side * side) != 0) return false;
    for (int bit = 0; bit < side * side; ++bit) {
        const std::int64_t to_x = x + bit % side - reach, to_y = y + bit / side - reach;
        const bool is_inside = to_x >= 0 && to_x < shape.nx && to_y >= 0 && to_y < shape.ny;
        if (!is_inside && (pixel.good_neighbours >> bit & 1U) != 0) return false;
    }
    return true;
}

}  // namespace

void append_text(Bytes& bytes, std::string_view text) {
    append_le(bytes, static_cast<std::uint64_t>(text.size()));
    append(bytes, std::as_bytes(std::span(text)));
}

std::string read_text(Cursor& cursor, std::string_view field) {
    const auto from = cursor.take(cursor.read<std::uint64_t>(field), field);
    return {reinterpret_cast<const char*>(from.data()), from.size()};
}

void append_outliers(Bytes& bytes, const Outliers& outliers) {
    visit_numbers(outliers, [&](auto value) { append_le(bytes, value); });
    append_le(bytes, static_cast<std::uint8_t>(outliers.is_transformed));
    append_list(bytes, std::span(outliers.histogram.counts));
    append_list(bytes, std::span(outliers.kernel_taps));
}

Outliers read_outliers(Cursor& cursor) {
    Outliers outliers;
    visit_numbers(outliers,
                  [&](auto& value) { value = cursor.read<std::remove_reference_t<decltype(value)>>("outliers"); });
    outliers.is_transformed = cursor.read<std::uint8_t>("transform") != 0;
    outliers.histogram.counts = read_list<std::uint64_t>(cursor, "histogram");
    outliers.kernel_taps = read_list<double>(cursor, "kernel taps");
    constexpr std::size_t taps = 3;
    const bool has_kernel = outliers.kernel_taps.size() == taps || outliers.kernel_taps.empty();
    constexpr std::int64_t greatest = 0x7fffffff;
    const auto is_side = [](std::int64_t side) { return side >= 0 && side <= greatest; };
    if (!has_kernel || !is_side(outliers.shape.nx) || !is_side(outliers.shape.ny))
        fail(ErrorCode::corrupt, cursor.place("outliers"), ": not what this version of mrcz writes");
    return outliers;
}

void append_pixels(Bytes& bytes, std::span<const OutlierPixel> pixels) {
    append_le(bytes, static_cast<std::uint64_t>(pixels.size()));
    std::size_t at = bytes.size();
    bytes.resize(at + pixels.size() * pixel_bytes);
    for (const OutlierPixel& pixel : pixels) {
        store_le(&bytes[at], pixel.index);
        store_le(&bytes[at + 8], pixel.weight);
        store_le(&bytes[at + 12], pixel.fill);
        store_le(&bytes[at + 16], pixel.good_neighbours);
        store_le(&bytes[at + 20], static_cast<std::uint32_t>(pixel.is_clustered));
        at += pixel_bytes;
    }
}

std::vector<OutlierPixel> read_pixels(Cursor& cursor, const ImageShape& shape) {
    constexpr std::string_view field = "outlier pixels";
    const auto count = cursor.read<std::uint64_t>(field);
    const auto from = cursor.take(checked_mul(count, pixel_bytes, field), field);
    std::vector<OutlierPixel> pixels(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const std::byte* const at = &from[i * pixel_bytes];
        pixels[i] = {.index = load_le<std::uint64_t>(at),
                     .weight = load_le<float>(at + 8),
                     .fill = load_le<float>(at + 12),
                     .good_neighbours = load_le<std::uint32_t>(at + 16),
                     .is_clustered = load_le<std::uint32_t>(at + 20) != 0};
    }
    const bool is_rising =
        std::ranges::adjacent_find(pixels, std::ranges::greater_equal{}, &OutlierPixel::index) == pixels.end();
    const bool is_inside = pixels.empty() || pixels.back().index < shape.pixels();
    if (!is_rising || !is_inside ||
        !std::ranges::all_of(pixels, [&](const OutlierPixel& pixel) { return has_neighbours_inside(pixel, shape); }))
        fail(ErrorCode::corrupt, cursor.place(field), ": not by rising index, or not within ", shape.nx, " x ",
             shape.ny, " pixels");
    return pixels;
}

}  // namespace mrcz::jobs
