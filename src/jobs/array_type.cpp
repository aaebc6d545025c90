#include "jobs/array_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/fail.hpp"
#include "meta/json_value.hpp"

namespace mrcz {
namespace {

using jobs::NumberType;
using meta::JsonValue;

constexpr std::array<NumberType, 11> numbers{{
    {PixelType::int8, "int8", "i1", 1, ""},
    {PixelType::uint8, "uint8", "u1", 1, ""},
    {PixelType::int16, "int16", "i2", 1, ""},
    {PixelType::uint16, "uint16", "u2", 1, ""},
    {PixelType::int32, "int32", "i4", 1, ""},
    {PixelType::uint32, "uint32", "u4", 1, ""},
    {PixelType::float16, "float16", "f2", 1, ""},
    {PixelType::float32, "float32", "f4", 1, ""},
    {PixelType::complex_int16, "int16", "i2", 2, "part"},
    {PixelType::complex_float32, "complex64", "c8", 1, ""},
    {PixelType::rgb8, "uint8", "u1", 3, "colour"},
}};

void require_scan(const ScanShape& scan, std::int64_t frames) {
    const bool fits =
        scan.rows > 0 && scan.columns > 0 && frames % scan.rows == 0 && frames / scan.rows == scan.columns;
    if (!fits)
        fail(ErrorCode::invalid_argument, "the file has ", frames, " frames, a scan of ", scan.rows, " x ",
             scan.columns, " points would have ", static_cast<double>(scan.rows) * static_cast<double>(scan.columns));
}

/// Both numbers of a member such as "scan_shape": [4, 6].
std::optional<ScanShape> scan_in(const JsonValue& step) {
    const JsonValue* const shape = step.find("scan_shape");
    if (shape == nullptr || shape->items().size() != 2) return std::nullopt;
    const auto rows = shape->items()[0].whole_number();
    const auto columns = shape->items()[1].whole_number();
    constexpr std::uint64_t most = 0x7fffffff;
    if (!rows || !columns || *rows > most || *columns > most) return std::nullopt;
    return ScanShape{static_cast<std::int64_t>(*rows), static_cast<std::int64_t>(*columns)};
}

}  // namespace

const NumberType* jobs::number_type(PixelType type) noexcept {
    const auto found = std::ranges::find(numbers, type, &NumberType::pixel);
    return found == numbers.end() ? nullptr : &*found;
}

void jobs::refuse_as_array(PixelType type) {
    fail(ErrorCode::invalid_argument, "no array type holds pixels of ", info_of(type).name,
         "; convert them to whole bytes: `mrcz convert --dtype int8`, or `mrcz compress --dtype int8 -o NEW.mrcz`");
}

ScanShape ScanShape::parse(std::string_view text) {
    ScanShape scan;
    const std::size_t comma = text.find_first_of(",x");
    const auto number = [](std::string_view digits, std::int64_t& into) {
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() && into > 0 &&
               into <= 0x7fffffff;
    };
    if (comma == std::string_view::npos || !number(text.substr(0, comma), scan.rows) ||
        !number(text.substr(comma + 1), scan.columns))
        fail(ErrorCode::invalid_argument, "scan shape '", printable(text),
             "': expected rows and columns of the scan, such as 64,128");
    return scan;
}

std::optional<ScanShape> scan_shape_of(const Reader& reader) {
    const std::string provenance = reader.provenance();
    if (provenance.empty()) return std::nullopt;
    const JsonValue steps = JsonValue::parse(provenance, {});
    std::optional<ScanShape> found;
    for (const JsonValue& step : steps.items())
        if (const auto scan = scan_in(step)) found = scan;
    if (found &&
        (found->rows == 0 || reader.frames() % found->rows != 0 || reader.frames() / found->rows != found->columns))
        return std::nullopt;  // frames were appended, or cut away
    return found;
}

ArrayType array_type_of(const Reader& reader, const std::optional<ScanShape>& wanted) {
    return in_file(reader.name(), [&] {
        const NumberType* const number = jobs::number_type(reader.pixel_type());
        if (number == nullptr) jobs::refuse_as_array(reader.pixel_type());
        if (reader.frames() == 0) fail(ErrorCode::invalid_argument, "has no frames to make an array of");
        const auto scan = wanted ? wanted : scan_shape_of(reader);
        if (scan) require_scan(*scan, reader.frames());
        ArrayType array;
        array.dtype = number->dtype;
        if (scan) {
            array.shape = {scan->rows, scan->columns};
            array.axes = {"scan_y", "scan_x"};
        } else {
            array.shape = {reader.frames()};
            array.axes = {"z"};
        }
        array.chunk.assign(array.shape.size(), 1);
        const auto voxel = reader.header().voxel_angstrom();
        if (!scan) array.voxel_size_angstrom.push_back(voxel[2]);
        array.voxel_size_angstrom.insert(array.voxel_size_angstrom.end(), {voxel[1], voxel[0]});
        const auto add_axis = [&array](std::int64_t size, std::string_view name) {
            array.shape.push_back(size);
            array.chunk.push_back(size);
            array.axes.push_back(name);
        };
        add_axis(reader.rows(), "y");
        add_axis(reader.columns(), "x");
        if (number->parts > 1) add_axis(number->parts, number->axis);
        return array;
    });
}

}  // namespace mrcz
