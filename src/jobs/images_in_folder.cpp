// A file is: head's place, pixels' place, sum's place (bytes and hash each), then these three. Numbers are
// little-endian.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <type_traits>

#include "base/checked.hpp"
#include "base/fail.hpp"
#include "io/byte_sink.hpp"
#include "jobs/gathered_movie.hpp"
#include "jobs/outliers_bytes.hpp"
#include "mrcz/byte_source.hpp"
#include "mrcz/version.hpp"
#include "simd/hash.hpp"

namespace mrcz::jobs {
namespace {

namespace fs = std::filesystem;

enum Part : std::size_t { head_part, pixels_part, sum_part, parts };
constexpr std::size_t table_bytes = parts * 2 * sizeof(std::uint64_t);
constexpr std::string_view magic = "mrcz sum of movie ";

// The sum takes as few bytes a pixel as its largest value needs.
template <class Value, class Stored>
void append_values(Bytes& bytes, const std::vector<Value>& values) {
    std::size_t at = bytes.size();
    bytes.resize(at + values.size() * sizeof(Stored));
    for (const Value value : values) {
        store_le(&bytes[at], static_cast<Stored>(value));
        at += sizeof(Stored);
    }
}

template <class Stored, class Value>
std::vector<Value> read_values(Cursor& cursor, std::size_t pixels) {
    const auto from = cursor.take(checked_mul(pixels, sizeof(Stored), "sum"), "sum");
    std::vector<Value> values(pixels);
    for (std::size_t i = 0; i < pixels; ++i) values[i] = load_le<Stored>(&from[i * sizeof(Stored)]);
    return values;
}

enum class Width : std::uint32_t { u8 = 1, u16 = 2, u32 = 4, i64 = 8, f64 = 9 };

Width width_of(const SumImage& sum) {
    if (std::holds_alternative<std::vector<double>>(sum.values)) return Width::f64;
    const auto* const values = std::get_if<std::vector<std::uint32_t>>(&sum.values);
    if (values == nullptr) return Width::i64;
    const std::uint32_t most = values->empty() ? 0 : *std::ranges::max_element(*values);
    return most <= 0xff ? Width::u8 : most <= 0xffff ? Width::u16 : Width::u32;
}

Bytes bytes_of(const SumImage& sum) {
    Bytes bytes;
    const Width width = width_of(sum);
    append_le(bytes, sum.shape.nx);
    append_le(bytes, sum.shape.ny);
    append_le(bytes, sum.frames);
    append_le(bytes, static_cast<std::uint32_t>(width));
    std::visit(
        [&](const auto& values) {
            using Value = typename std::decay_t<decltype(values)>::value_type;
            if (width == Width::u8) return append_values<Value, std::uint8_t>(bytes, values);
            if (width == Width::u16) return append_values<Value, std::uint16_t>(bytes, values);
            append_values<Value, Value>(bytes, values);
        },
        sum.values);
    return bytes;
}

SumImage read_sum(Cursor& cursor, const ImageShape& shape) {
    SumImage sum;
    sum.shape.nx = cursor.read<std::int64_t>("columns");
    sum.shape.ny = cursor.read<std::int64_t>("rows");
    sum.frames = cursor.read<std::int64_t>("frames");
    if (!(sum.shape == shape)) fail(ErrorCode::corrupt, cursor.place("sum"), ": has another shape than its head says");
    const std::size_t pixels = shape.pixels();
    const auto width = static_cast<Width>(cursor.read<std::uint32_t>("width"));
    switch (width) {
        case Width::u8:
            sum.values = read_values<std::uint8_t, std::uint32_t>(cursor, pixels);
            break;
        case Width::u16:
            sum.values = read_values<std::uint16_t, std::uint32_t>(cursor, pixels);
            break;
        case Width::u32:
            sum.values = read_values<std::uint32_t, std::uint32_t>(cursor, pixels);
            break;
        case Width::i64:
            sum.values = read_values<std::int64_t, std::int64_t>(cursor, pixels);
            break;
        case Width::f64:
            sum.values = read_values<double, double>(cursor, pixels);
            break;
        default:
            fail(ErrorCode::corrupt, cursor.place("width"), ": expected 1, 2, 4, 8 or 9");
    }
    return sum;
}

Bytes head_bytes(const GatheredMovie& movie, const std::string& name) {
    Bytes bytes;
    append_text(bytes, concat(magic, version));
    append_text(bytes, name);
    append_le(bytes, static_cast<std::uint8_t>(movie.failure.has_value()));
    if (movie.failure) {
        append_le(bytes, static_cast<std::uint32_t>(movie.failure->code()));
        append_text(bytes, movie.failure->message());
        append_text(bytes, movie.failure->context());
        return bytes;
    }
    append_outliers(bytes, movie.outliers);
    append_le(bytes, movie.shape.nx);
    append_le(bytes, movie.shape.ny);
    append_le(bytes, static_cast<std::uint8_t>(movie.has_fractions));
    append_le(bytes, static_cast<std::uint8_t>(movie.is_small));
    append_le(bytes, movie.frame_mean);
    append_le(bytes, movie.contrast);
    append_le(bytes, static_cast<std::uint8_t>(movie.dose_rate.has_value()));
    append_le(bytes, movie.dose_rate.value_or(0));
    return bytes;
}

Error read_failure(Cursor& cursor) {
    const auto code = cursor.read<std::uint32_t>("code");
    if (code > static_cast<std::uint32_t>(ErrorCode::internal))
        fail(ErrorCode::corrupt, cursor.place("code"), ": no error of this version");
    std::string message = read_text(cursor, "message"), context = read_text(cursor, "context");
    return {static_cast<ErrorCode>(code), std::move(message), std::move(context)};
}

GatheredMovie read_head(Cursor& cursor, const std::string& name) {
    if (read_text(cursor, "magic") != concat(magic, version))
        fail(ErrorCode::corrupt, "is no sum of a movie made by mrcz ", version,
             "; all machines of a session run the same version");
    if (const std::string found = read_text(cursor, "name"); found != name)
        fail(ErrorCode::corrupt, "is the sum of ", found, ", expected that of ", name);
    GatheredMovie movie;
    if (cursor.read<std::uint8_t>("failure") != 0) {
        movie.failure = read_failure(cursor);
        return movie;
    }
    movie.outliers = read_outliers(cursor);
    movie.shape.nx = cursor.read<std::int64_t>("columns");
    movie.shape.ny = cursor.read<std::int64_t>("rows");
    movie.has_fractions = cursor.read<std::uint8_t>("fractions") != 0;
    movie.is_small = cursor.read<std::uint8_t>("small") != 0;
    movie.frame_mean = cursor.read<double>("frame mean");
    movie.contrast = cursor.read<double>("contrast");
    const bool has_rate = cursor.read<std::uint8_t>("dose rate") != 0;
    const auto rate = cursor.read<double>("dose rate");
    if (has_rate) movie.dose_rate = rate;
    constexpr std::int64_t greatest = 0x7fffffff;
    const auto is_side = [](std::int64_t side) { return side > 0 && side <= greatest; };
    if (!is_side(movie.shape.nx) || !is_side(movie.shape.ny))
        fail(ErrorCode::corrupt, cursor.place("shape"), ": frames of ", movie.shape.nx, " x ", movie.shape.ny,
             " pixels");
    return movie;
}

/// One part of a file, checked against its hash.
Bytes read_part(const ByteSource& source, Part part) {
    std::array<std::byte, table_bytes> table{};
    source.read_at(0, table);
    std::uint64_t at = table_bytes;
    for (std::size_t i = 0; i < part; ++i) at = checked_add(at, load_le<std::uint64_t>(&table[16 * i]), "parts");
    const auto bytes = load_le<std::uint64_t>(&table[16 * std::size_t{part}]);
    if (at > source.size() || bytes > source.size() - at)
        fail(ErrorCode::truncated, "has ", source.size(), " bytes, its parts end at ", at, " + ", bytes);
    Bytes content(static_cast<std::size_t>(bytes));
    source.read_at(at, content);
    if (simd::hash64(content) != load_le<std::uint64_t>(&table[16 * std::size_t{part} + 8]))
        fail(ErrorCode::corrupt, "a sum of the session is damaged: its hash does not hold");
    return content;
}

template <class Read>
auto with_part(const fs::path& path, Part part, const Read& read) {
    return in_file(path.string(), [&] {
        const auto source = open_file_source(path);
        const Bytes bytes = read_part(*source, part);
        Cursor cursor(bytes, "sum of a movie");
        return read(cursor, *source);
    });
}

}  // namespace

ImagesInFolder::ImagesInFolder(fs::path folder, std::vector<std::string> names)
    : folder_(std::move(folder)), names_(std::move(names)) {}

fs::path ImagesInFolder::path(std::size_t movie) const { return folder_ / concat("movie-", movie, ".sum"); }

bool ImagesInFolder::has(std::size_t movie) const {
    std::error_code ignored;
    return fs::exists(path(movie), ignored);
}

void ImagesInFolder::put(std::size_t movie, const GatheredMovie& gathered, const GatheredImages& images) const {
    std::array<Bytes, parts> all;
    all[head_part] = head_bytes(gathered, names_[movie]);
    if (!gathered.failure) {
        append_pixels(all[pixels_part], images.pixels);
        all[sum_part] = bytes_of(images.sum);
    }
    Bytes table;
    for (const Bytes& part : all) {
        append_le(table, static_cast<std::uint64_t>(part.size()));
        append_le(table, simd::hash64(part));
    }
    in_file(path(movie).string(), [&] {
        const auto sink = io::open_file_sink(path(movie), {.overwrite = true, .like = {}});
        sink->write(table);
        for (const Bytes& part : all) sink->write(part);
        sink->commit();
    });
}

GatheredMovie ImagesInFolder::head(std::size_t movie) const {
    return with_part(path(movie), head_part,
                     [&](Cursor& cursor, const ByteSource&) { return read_head(cursor, names_[movie]); });
}

SumImage ImagesInFolder::sum(std::size_t movie) const {
    return with_part(path(movie), sum_part, [&](Cursor& cursor, const ByteSource& source) {
        const Bytes bytes = read_part(source, head_part);
        Cursor head(bytes, "sum of a movie");
        return read_sum(cursor, read_head(head, names_[movie]).shape);
    });
}

std::vector<OutlierPixel> ImagesInFolder::pixels(std::size_t movie) const {
    return with_part(path(movie), pixels_part, [&](Cursor& cursor, const ByteSource& source) {
        const Bytes bytes = read_part(source, head_part);
        Cursor head(bytes, "sum of a movie");
        return read_pixels(cursor, read_head(head, names_[movie]).shape);
    });
}

}  // namespace mrcz::jobs
