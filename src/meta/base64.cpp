#include "meta/base64.hpp"

#include <cstdint>

namespace mrcz::meta {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t group_of(std::span<const std::byte> bytes) {
    std::uint32_t group = 0;
    for (const std::byte byte : bytes) group = group << 8 | std::to_integer<std::uint32_t>(byte);
    return group << 8 * (3 - bytes.size());
}

}  // namespace

std::string base64(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes = bytes.subspan(bytes.size() < 3 ? bytes.size() : 3)) {
        const std::size_t count = bytes.size() < 3 ? bytes.size() : 3;
        const std::uint32_t group = group_of(bytes.first(count));
        for (std::size_t digit = 0; digit < 4; ++digit)
            out += digit <= count ? digits[group >> (18 - 6 * digit) & 63] : '=';
    }
    return out;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::vector<std::byte> bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const std::size_t used = at + 4 == text.size() ? 4 - padding : 4;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t digit = i < used ? digits.find(text[at + i]) : 0;
            if (digit == std::string_view::npos) return std::nullopt;
            group = group << 6 | static_cast<std::uint32_t>(digit);
        }
        for (std::size_t i = 0; i + 1 < used; ++i)
            bytes.push_back(static_cast<std::byte>(group >> (16 - 8 * i) & 255U));
    }
    if (base64(bytes) != text) return std::nullopt;  // bits that no byte has are not zero
    return bytes;
}

}  // namespace mrcz::meta
