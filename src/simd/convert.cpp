#include "mrcz/convert.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_order.hpp"
#include "base/fail.hpp"
#include "simd/level_table.hpp"

namespace mrcz {
namespace {

using simd::ConversionCounts;
using simd::convert_block;
using simd::ConvertRun;

constexpr std::size_t most_number_bytes = 4;
using BlockMemory = std::array<std::byte, convert_block * most_number_bytes>;

/// The type of one number of a pixel.
PixelType number_type(PixelType pixel) {
    if (pixel == PixelType::complex_int16) return PixelType::int16;
    return pixel == PixelType::complex_float32 ? PixelType::float32 : pixel;
}

bool is_complex(PixelType type) { return number_type(type) != type; }

std::size_t numbers_per_pixel(PixelType type) { return is_complex(type) ? 2 : 1; }

/// A number as text, digit for digit.
std::string text_of(const std::byte* number, PixelType type) {
    switch (type) {
        case PixelType::int8:
            return concat(int{load_le<std::int8_t>(number)});
        case PixelType::uint8:
        case PixelType::uint4:
            return concat(unsigned{load_le<std::uint8_t>(number)});
        case PixelType::int16:
            return concat(load_le<std::int16_t>(number));
        case PixelType::uint16:
            return concat(load_le<std::uint16_t>(number));
        case PixelType::int32:
            return concat(load_le<std::int32_t>(number));
        case PixelType::uint32:
            return concat(load_le<std::uint32_t>(number));
        case PixelType::float32:
            return concat(static_cast<double>(load_le<float>(number)));
        default:
            break;
    }
    std::array<std::byte, 4> widened{};
    ConversionCounts ignored;
    simd::best_table().convert_run(PixelType::float16, PixelType::float32)(number, widened.data(), 1, ignored);
    return text_of(widened.data(), PixelType::float32);
}

/// One type to another in up to two loops, unpacked: 4-bit pixels are bytes here.
class NumberConverter {
  public:
    NumberConverter(PixelType from, PixelType to) : from_(from == PixelType::uint4 ? PixelType::uint8 : from), to_(to) {
        const auto& table = simd::best_table();
        const bool by_float = (from_ == PixelType::float16) != (to_ == PixelType::float16) &&
                              from_ != PixelType::float32 && to_ != PixelType::float32;
        first_ = table.convert_run(from_, by_float ? PixelType::float32 : to_);
        if (by_float) second_ = table.convert_run(PixelType::float32, to_);
    }

    [[nodiscard]] std::size_t from_bytes() const { return info_of(from_).pixel_bytes; }
    [[nodiscard]] std::size_t to_bytes() const { return info_of(to_).pixel_bytes; }

    /// At most a block.
    [[nodiscard]] ConversionCounts run(const std::byte* from, std::byte* to, std::size_t count) const {
        ConversionCounts counts;
        if (second_ == nullptr) {
            first_(from, to, count, counts);
            return counts;
        }
        // What the way by float32 rounds, of integers, is beyond float16 in any case.
        alignas(64) BlockMemory floats;
        ConversionCounts ignored;
        first_(from, floats.data(), count, ignored);
        second_(floats.data(), to, count, counts);
        return counts;
    }

    /// What would become of one number that the rules refuse, in words.
    [[nodiscard]] std::optional<std::string> objection(const std::byte* from, const ConversionRules& rules) const {
        std::array<std::byte, most_number_bytes> result{};
        const ConversionCounts counts = run(from, result.data(), 1);
        const auto type = info_of(to_).name;
        if (counts.nan > 0) return concat("is NaN, which ", type, " does not have");
        const std::string becomes = text_of(result.data(), to_);
        if (counts.clipped > 0 && !rules.clip)
            return concat("is ", text_of(from, from_), ", beyond the range of ", type,
                          "; clipping (--clip) would store ", becomes);
        if (counts.rounded > 0 && !rules.round)
            return concat("is ", text_of(from, from_), ", which ", type,
                          " does not have exactly; rounding (--round) would store ", becomes);
        return std::nullopt;
    }

  private:
    PixelType from_, to_;
    ConvertRun first_ = nullptr, second_ = nullptr;
};

bool is_refused(const ConversionCounts& counts, const ConversionRules& rules) {
    return counts.nan > 0 || (counts.clipped > 0 && !rules.clip) || (counts.rounded > 0 && !rules.round);
}

/// A frame's numbers as one sequence, or, where rows of 4-bit pixels have gaps between them, as one for each row.
class FrameConverter {
  public:
    FrameConverter(std::span<const std::byte> from, const FrameFormat& from_format, std::span<std::byte> to,
                   const FrameFormat& to_format, const ConversionRules& rules)
        : from_(from),
          from_format_(from_format),
          to_(to),
          to_format_(to_format),
          rules_(rules),
          numbers_(number_type(from_format.type), number_type(to_format.type)) {}

    ConversionResult run() {
        const bool has_gaps = row_has_gap(from_format_) || row_has_gap(to_format_);
        const auto nx = static_cast<std::uint64_t>(from_format_.nx), ny = static_cast<std::uint64_t>(from_format_.ny);
        const std::uint64_t length = (has_gaps ? nx : nx * ny) * numbers_per_pixel(from_format_.type);
        for (std::uint64_t row = 0; row < (has_gaps ? ny : 1); ++row)
            for (std::uint64_t at = 0; at < length; at += convert_block)
                convert_piece(row, at, static_cast<std::size_t>(std::min<std::uint64_t>(convert_block, length - at)));
        return result_;
    }

  private:
    static bool row_has_gap(const FrameFormat& format) {
        return format.packing == RowPacking::padded && bytes_to_empty_half(format) != 0;
    }

    /// Where a number is, counted in halves of bytes of 4-bit frames, else in numbers.
    static std::uint64_t place_of(const FrameFormat& format, std::uint64_t row, std::uint64_t at) {
        const std::uint64_t row_length =
            row_has_gap(format) ? 2 * bytes_to_empty_half(format) : static_cast<std::uint64_t>(format.nx);
        return row * row_length + at;
    }

    void convert_piece(std::uint64_t row, std::uint64_t at, std::size_t count) {
        const std::byte* numbers = fetched(place_of(from_format_, row, at), count);
        const std::uint64_t place = place_of(to_format_, row, at);
        const bool packs = to_format_.type == PixelType::uint4;
        std::byte* out = packs ? unpacked_to_.data() : to_.data() + place * numbers_.to_bytes();
        const ConversionCounts counts = numbers_.run(numbers, out, count);
        if (is_refused(counts, rules_)) refuse(numbers, row * static_cast<std::uint64_t>(from_format_.nx) + at, count);
        result_.clipped += counts.clipped;
        result_.rounded += counts.rounded;
        if (packs) put_packed(place, count);
    }

    const std::byte* fetched(std::uint64_t place, std::size_t count) {
        if (from_format_.type != PixelType::uint4) return from_.data() + place * numbers_.from_bytes();
        const std::byte* packed = from_.data() + place / 2;
        const std::size_t odd = place % 2;
        std::byte* unpacked = unpacked_from_.data();
        if (odd != 0) *unpacked = *packed >> 4;
        simd::best_table().unpack_halves(packed + odd, unpacked + odd, count - odd);
        return unpacked;
    }

    void put_packed(std::uint64_t place, std::size_t count) {
        std::byte* packed = to_.data() + place / 2;
        const std::size_t odd = place % 2;
        if (odd != 0) *packed |= unpacked_to_[0] << 4;
        simd::best_table().pack_halves(unpacked_to_.data() + odd, packed + odd, count - odd);
    }

    [[noreturn]] void refuse(const std::byte* numbers, std::uint64_t first, std::size_t count) const {
        for (std::size_t i = 0; i < count; ++i) {
            const auto objection = numbers_.objection(numbers + i * numbers_.from_bytes(), rules_);
            if (!objection) continue;
            const std::size_t parts = numbers_per_pixel(from_format_.type);
            const std::uint64_t pixel = (first + i) / parts, nx = static_cast<std::uint64_t>(from_format_.nx);
            const std::string_view part = parts == 1                 ? ""
                                          : (first + i) % parts == 0 ? "'s real part"
                                                                     : "'s imaginary part";
            fail(ErrorCode::invalid_argument, "pixel x ", pixel % nx, ", y ", pixel / nx, part, " ", *objection);
        }
        fail(ErrorCode::internal, "conversion counted a pixel that it does not find again");
    }

    std::span<const std::byte> from_;
    const FrameFormat& from_format_;
    std::span<std::byte> to_;
    const FrameFormat& to_format_;
    const ConversionRules& rules_;
    NumberConverter numbers_;
    ConversionResult result_;
    std::array<std::byte, convert_block> unpacked_from_;
    std::array<std::byte, convert_block> unpacked_to_;
};

void check_formats(std::size_t from_bytes, const FrameFormat& from, std::size_t to_bytes, const FrameFormat& to) {
    if (!is_convertible(from.type, to.type))
        fail(ErrorCode::invalid_argument, info_of(from.type).name, " pixels do not become ", info_of(to.type).name);
    if (from.nx != to.nx || from.ny != to.ny || from.nx < 0 || from.ny < 0)
        fail(ErrorCode::invalid_argument, "convert: from ", from.nx, " x ", from.ny, " pixels to ", to.nx, " x ",
             to.ny);
    if (from_bytes != bytes_of(from) || to_bytes != bytes_of(to))
        fail(ErrorCode::invalid_argument, "convert: ", from_bytes, " bytes to ", to_bytes, ", the formats have ",
             bytes_of(from), " and ", bytes_of(to));
}

}  // namespace

bool is_convertible(PixelType from, PixelType to) noexcept {
    if (from == to) return true;
    if (from == PixelType::rgb8 || to == PixelType::rgb8) return false;
    return is_complex(from) == is_complex(to);
}

ConversionResult convert(std::span<const std::byte> from, const FrameFormat& from_format, std::span<std::byte> to,
                         const FrameFormat& to_format, const ConversionRules& rules) {
    check_formats(from.size(), from_format, to.size(), to_format);
    const bool same_places = bytes_to_empty_half(from_format) == bytes_to_empty_half(to_format);
    if (from_format.type == to_format.type && bytes_to_empty_half(from_format) == 0 && same_places) {
        std::ranges::copy(from, to.begin());
        return {};
    }
    return FrameConverter(from, from_format, to, to_format, rules).run();
}

}  // namespace mrcz
