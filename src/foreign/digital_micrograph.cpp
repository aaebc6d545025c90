// The images of a Digital Micrograph file stand at ImageList / [i] / ImageData: Data, DataType, Dimensions / [0], …
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/checked.hpp"
#include "base/fail.hpp"
#include "foreign/dm_tags.hpp"
#include "foreign/formats.hpp"
#include "foreign/numbers.hpp"

namespace mrcz::foreign {
namespace {

struct DataType {
    std::uint64_t code;
    Number number;
};

/// The real ones. Others are complex (3, 5, 13), colours (8, 23).
constexpr std::array<DataType, 11> data_types{{
    {1, Number::int16},
    {2, Number::float32},
    {6, Number::uint8},
    {7, Number::int32},
    {9, Number::int8},
    {10, Number::uint16},
    {11, Number::uint32},
    {12, Number::float64},
    {14, Number::uint8},
    {39, Number::int64},
    {40, Number::uint64},
}};

std::optional<Number> number_of(std::uint64_t code) {
    const auto found = std::ranges::find(data_types, code, &DataType::code);
    return found == data_types.end() ? std::nullopt : std::optional(found->number);
}

constexpr std::size_t most_dimensions = 4;

struct Image {
    std::string name;  // in the list
    std::optional<DmValues> data;
    std::optional<DmValues> data_type;
    std::array<std::optional<DmValues>, most_dimensions> dimensions;
};

/// Files hold an image, sometimes two with a thumbnail.
constexpr std::size_t most_images = 4096;

/// Notes where the parts of images lie.
class ImageList {
  public:
    void note(DmPath path, const DmValues& values) {
        if (path.size() < 4 || path[0] != "ImageList" || path[2] != "ImageData") return;
        if (images_.empty() || images_.back().name != path[1]) {
            if (images_.size() == most_images)
                fail(ErrorCode::limit_exceeded, "more than ", most_images, " images in a Digital Micrograph file");
            images_.push_back({path[1], {}, {}, {}});
        }
        Image& image = images_.back();
        if (path.size() == 4 && path[3] == "Data") image.data = values;
        if (path.size() == 4 && path[3] == "DataType") image.data_type = values;
        if (path.size() == 5 && path[3] == "Dimensions") note_dimension(image, path[4], values);
    }

    [[nodiscard]] const std::vector<Image>& images() const noexcept { return images_; }

  private:
    static void note_dimension(Image& image, std::string_view name, const DmValues& values) {
        constexpr std::array<std::string_view, most_dimensions> names{"[0]", "[1]", "[2]", "[3]"};
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) fail(ErrorCode::unsupported, "an image of more than four dimensions");
        image.dimensions[static_cast<std::size_t>(found - names.begin())] = values;
    }

    std::vector<Image> images_;
};

/// A whole number of at least 0, whatever type the file gave it.
std::uint64_t value_of(const ByteSource& source, const DmFile& file, const DmValues& values, std::string_view what) {
    if (values.is_array || values.bytes > 8) fail(ErrorCode::corrupt, what, ": not a number");
    std::array<std::byte, 8> bytes{};
    source.read_at(values.offset, std::span(bytes).first(static_cast<std::size_t>(values.bytes)));
    const auto as = [&]<class T>(T) -> std::uint64_t {
        const T number = load<T>(bytes.data(), file.values);
        if (number < T{0}) fail(ErrorCode::corrupt, what, ": ", number, " is less than 0");
        return static_cast<std::uint64_t>(number);
    };
    switch (values.type) {
        case DmType::int16:
            return as(std::int16_t{});
        case DmType::uint16:
            return as(std::uint16_t{});
        case DmType::int32:
            return as(std::int32_t{});
        case DmType::uint32:
            return as(std::uint32_t{});
        case DmType::int64:
            return as(std::int64_t{});
        case DmType::uint64:
            return as(std::uint64_t{});
        default:
            fail(ErrorCode::corrupt, what, ": not a whole number");
    }
}

/// An image that can be a reference.
struct Candidate {
    std::uint64_t nx = 0, ny = 0;
    Number number = Number::uint8;
    DmValues data;

    [[nodiscard]] std::uint64_t pixels() const { return checked_mul(nx, ny, "pixels of the image"); }
};

/// Nothing for thumbnails and other images of colours or complex numbers, for lines and for stacks.
std::optional<Candidate> candidate_of(const ByteSource& source, const DmFile& file, const Image& image) {
    if (!image.data || !image.data->is_array || !image.data_type || !image.dimensions[0]) return std::nullopt;
    const auto number = number_of(value_of(source, file, *image.data_type, "DataType"));
    if (!number) return std::nullopt;
    std::array<std::uint64_t, most_dimensions> sizes{1, 1, 1, 1};
    for (std::size_t axis = 0; axis < most_dimensions; ++axis)
        if (const auto& dimension = image.dimensions[axis])
            sizes[axis] = value_of(source, file, *dimension, "Dimensions");
    if (sizes[2] != 1 || sizes[3] != 1) return std::nullopt;
    return Candidate{sizes[0], sizes[1], *number, *image.data};
}

std::string list_of_kinds(const ByteSource& source, const DmFile& file, const std::vector<Image>& images) {
    if (images.empty()) return "it holds none";
    std::string text = "it holds images of data type";
    for (const Image& image : images)
        if (image.data_type && text.size() < 200)
            text += concat(' ', value_of(source, file, *image.data_type, "DataType"));
    return text;
}

}  // namespace

FloatImage read_digital_micrograph(const ByteSource& source, const Limits& limits) {
    ImageList list;
    const DmFile file =
        walk_tags(source, limits.metadata_depth, [&](DmPath path, const DmValues& values) { list.note(path, values); });
    std::optional<Candidate> best;
    for (const Image& image : list.images())
        if (const auto candidate = candidate_of(source, file, image);
            candidate && (!best || candidate->pixels() >= best->pixels()))
            best = candidate;
    if (!best)
        fail(ErrorCode::unsupported, "no single image of real numbers in this Digital Micrograph file: ",
             list_of_kinds(source, file, list.images()), " (complex numbers, colours and stacks are no references)");

    const std::uint64_t expected = checked_mul(best->pixels(), bytes_of(best->number), "bytes of the image");
    if (best->data.bytes != expected)
        fail(ErrorCode::corrupt, "Digital Micrograph image: ", best->nx, " x ", best->ny, " pixels take ", expected,
             " bytes, Data holds ", best->data.bytes);
    FloatImage image = make_image(best->nx, best->ny, bytes_of(best->number), limits);
    std::vector<std::byte> stored(static_cast<std::size_t>(best->data.bytes));
    source.read_at(best->data.offset, stored);
    to_floats(stored, best->number, file.values, image.values);
    return image;
}

}  // namespace mrcz::foreign
