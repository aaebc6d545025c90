// Building messages without iostreams or a formatting library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace mrcz {

namespace text_detail {
inline void append(std::string& out, std::string_view text) { out += text; }
inline void append(std::string& out, const char* text) { out += text; }
inline void append(std::string& out, char character) { out += character; }
void append(std::string& out, double number);

template <class Number>
requires std::is_integral_v<Number>
void append(std::string& out, Number number) { out += std::to_string(number); }
}  // namespace text_detail

/// The parts side by side: text as it is, integers in decimal, doubles in their shortest exact form.
template <class... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
    std::string out;
    (text_detail::append(out, parts), ...);
    return out;
}

/// An offset as people read it in a hex dump: `0x1f40`.
[[nodiscard]] std::string hex(std::uint64_t number);

/// Untrusted bytes made safe to print: unprintable ones as \xNN, cut after `most` characters.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t most = 40);

}  // namespace mrcz
