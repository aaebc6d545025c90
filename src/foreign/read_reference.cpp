#include <algorithm>
#include <array>
#include <string_view>

#include "base/byte_order.hpp"
#include "base/fail.hpp"
#include "foreign/formats.hpp"
#include "io/sources.hpp"

namespace mrcz {
namespace {

using namespace std::string_view_literals;

/// The first bytes of a file; zeros behind its end.
class Beginning {
  public:
    explicit Beginning(const ByteSource& source) {
        const auto present = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), bytes_.size()));
        source.read_at(0, std::span(bytes_).first(present));
    }

    [[nodiscard]] bool is(std::string_view magic) const {
        return std::ranges::equal(magic, std::span(bytes_).first(magic.size()), {},
                                  [](char character) { return static_cast<std::byte>(character); });
    }
    [[nodiscard]] std::uint32_t big(std::size_t offset) const {
        return load<std::uint32_t>(bytes_.data() + offset, ByteOrder::big);
    }

  private:
    std::array<std::byte, 16> bytes_{};
};

bool is_tiff(const Beginning& file) {
    return file.is("II*\0"sv) || file.is("MM\0*"sv) || file.is("II+\0"sv) || file.is("MM\0+"sv);
}

/// Version; bytes of the file, as 4 or 8 bytes; whether values are little-endian.
bool is_digital_micrograph(const Beginning& file) {
    return (file.big(0) == 3 && file.big(8) <= 1) || (file.big(0) == 4 && file.big(12) <= 1);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
    if (text.size() < end.size()) return false;
    return std::ranges::equal(text.substr(text.size() - end.size()), end, {}, [](char character) {
        return character >= 'A' && character <= 'Z' ? character + 32 : character;
    });
}

bool are_rows_reversed(const ByteSource& source, const ReferenceOptions& options) {
    if (options.rows != RowOrder::by_format) return options.rows == RowOrder::reversed;
    return !options.bare && !ends_with_ignoring_case(source.name(), ".gain");
}

void reverse_rows(FloatImage& image) {
    const auto row = static_cast<std::ptrdiff_t>(image.shape.nx);
    const auto rows = static_cast<std::ptrdiff_t>(image.shape.ny);
    const auto first = image.values.begin();
    for (std::ptrdiff_t y = 0; y < rows / 2; ++y)
        std::swap_ranges(first + y * row, first + (y + 1) * row, first + (rows - 1 - y) * row);
}

FloatImage as_stored(const ByteSource& source, const ReferenceOptions& options) {
    if (options.bare) return foreign::read_bare_pixels(source, *options.bare, options.limits);
    const auto format = reference_format_of(source);
    if (!format)
        fail(ErrorCode::unsupported,
             "neither TIFF nor Digital Micrograph (.dm3, .dm4): if it is pixels and nothing else, say how many columns "
             "and rows of which type");
    return *format == ReferenceFormat::tiff ? foreign::read_tiff(source, options.limits)
                                            : foreign::read_digital_micrograph(source, options.limits);
}

}  // namespace

std::optional<ReferenceFormat> reference_format_of(const ByteSource& source) {
    const Beginning beginning(source);
    if (is_tiff(beginning)) return ReferenceFormat::tiff;
    if (is_digital_micrograph(beginning)) return ReferenceFormat::digital_micrograph;
    return std::nullopt;
}

std::optional<ReferenceFormat> reference_format_of(const std::filesystem::path& path) {
    return reference_format_of(*io::open_unwrapped_source(path));
}

FloatImage read_reference(const ByteSource& source, const ReferenceOptions& options) {
    return in_file(source.name(), [&] {
        FloatImage image = as_stored(source, options);
        if (are_rows_reversed(source, options)) reverse_rows(image);
        return image;
    });
}

FloatImage read_reference(const std::filesystem::path& path, const ReferenceOptions& options) {
    return read_reference(*io::open_unwrapped_source(path), options);
}

}  // namespace mrcz
