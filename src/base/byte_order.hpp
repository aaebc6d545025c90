// Loads and stores of numbers in a stated byte order, at any alignment.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace mrcz {

enum class ByteOrder : std::uint32_t { little = 0, big = 1 };

template <class T>
concept Number = std::is_arithmetic_v<T>;

template <std::integral T>
[[nodiscard]] constexpr T byte_swapped(T value) noexcept {
    using U = std::make_unsigned_t<T>;
    if constexpr (sizeof(T) == 1) return value;
    if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<U>(value)));
    if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<U>(value)));
    if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<U>(value)));
}

namespace byte_order_detail {
template <std::size_t Bytes>
using Word = std::conditional_t<
    Bytes == 1, std::uint8_t,
    std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

constexpr bool host_is(ByteOrder order) {
    return (order == ByteOrder::little) == (std::endian::native == std::endian::little);
}
}  // namespace byte_order_detail

template <Number T>
[[nodiscard]] T load(const std::byte* from, ByteOrder order) noexcept {
    byte_order_detail::Word<sizeof(T)> word;
    std::memcpy(&word, from, sizeof word);
    if (!byte_order_detail::host_is(order)) word = byte_swapped(word);
    return std::bit_cast<T>(word);
}

template <Number T>
void store(std::byte* to, T value, ByteOrder order) noexcept {
    auto word = std::bit_cast<byte_order_detail::Word<sizeof(T)>>(value);
    if (!byte_order_detail::host_is(order)) word = byte_swapped(word);
    std::memcpy(to, &word, sizeof word);
}

template <Number T>
[[nodiscard]] T load_le(const std::byte* from) noexcept {
    return load<T>(from, ByteOrder::little);
}

template <Number T>
void store_le(std::byte* to, T value) noexcept {
    store<T>(to, value, ByteOrder::little);
}

}  // namespace mrcz
