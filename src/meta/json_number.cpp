#include "meta/json_number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace mrcz::meta {

namespace {

/// Of a number with no double of its size: whether that is for being too big, not too small.
bool is_beyond_double(std::string_view number) {
    const std::size_t exponent_at = number.find_first_of("eE");
    std::int64_t exponent = 0;
    if (exponent_at != std::string_view::npos) {
        const std::size_t digits_at = exponent_at + (number[exponent_at + 1] == '+' ? 2 : 1);
        const auto read = std::from_chars(number.data() + digits_at, number.data() + number.size(), exponent);
        if (read.ec != std::errc{}) return number[digits_at] != '-';
    }
    const std::string_view digits = number.substr(0, exponent_at);
    const std::size_t point = digits.find('.');
    const auto before_point = static_cast<std::int64_t>(point == std::string_view::npos ? digits.size() : point);
    return exponent > static_cast<std::int64_t>(digits.find_first_of("123456789")) - before_point;
}

}  // namespace

bool is_integer(std::string_view number) noexcept { return number.find_first_of(".eE") == std::string_view::npos; }

std::optional<double> to_double(std::string_view number) {
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    // Standard libraries differ in whether a number out of range is reported or becomes zero or infinity.
    if (read.ec == std::errc::result_out_of_range) return is_beyond_double(number) ? std::nullopt : std::optional(0.0);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::string number_text(double number) {
    const double size = std::abs(number);
    const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                   plain ? std::chars_format::fixed : std::chars_format::scientific);
    std::string text(buffer.data(), end.ptr);
    if (is_integer(text)) text += ".0";
    return text;
}

}  // namespace mrcz::meta
