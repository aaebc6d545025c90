#include "base/crc32c.hpp"

#include <array>

#include "base/byte_order.hpp"

namespace mrcz {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // reflected
using Table = std::array<std::array<std::uint32_t, 256>, 8>;

/// tables[k][b] is the CRC of byte b followed by k zero bytes: eight input bytes then need eight look-ups, no shifts.
constexpr Table make_tables() {
    Table tables{};
    for (std::uint32_t value = 0; value < 256; ++value) {
        std::uint32_t crc = value;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        tables[0][value] = crc;
    }
    for (std::size_t k = 1; k < tables.size(); ++k)
        for (std::size_t value = 0; value < 256; ++value) {
            const std::uint32_t crc = tables[k - 1][value];
            tables[k][value] = (crc >> 8) ^ tables[0][crc & 0xff];
        }
    return tables;
}

constexpr Table tables = make_tables();

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept {
    std::uint32_t crc = 0xffffffff;
    while (bytes.size() >= 8) {
        const std::uint64_t word = load_le<std::uint64_t>(bytes.data()) ^ crc;
        crc = 0;
        for (std::size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][(word >> (8 * k)) & 0xff];
        bytes = bytes.subspan(8);
    }
    for (const std::byte byte : bytes) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<std::uint32_t>(byte)) & 0xff];
    return ~crc;
}

}  // namespace mrcz
