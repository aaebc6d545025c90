// The text of JSON numbers and what it stands for, independent of the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mrcz::meta {

/// Whether a valid JSON number has neither fraction nor exponent.
[[nodiscard]] bool is_integer(std::string_view number) noexcept;

/// The nearest double of a valid JSON number; nothing when it is too big for one. Too small a number is zero.
[[nodiscard]] std::optional<double> to_double(std::string_view number);

/// The shortest text that reads back as exactly `number`, which is finite. Always with a fraction or an exponent, so
/// that it stays a double; from 1e16 and below 1e-4 with an exponent, as Python writes it.
[[nodiscard]] std::string number_text(double number);

}  // namespace mrcz::meta
