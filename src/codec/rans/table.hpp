// A table: how pixels become symbols, and the frequencies of those.
#pragma once

#include <memory>
#include <vector>

#include "codec/rans/frequencies.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::codec::rans {

/// Pixels are unsigned numbers of 1, 2 or 4 bytes here; sign is the origin's business, for subtraction wraps.
/// Two 4-bit pixels are one of a byte.
struct PixelKind {
    unsigned log2_bytes = 0;
    std::uint32_t sign_bit = 0;  ///< exclusive-or with it brings pixels into the order of their values

    [[nodiscard]] std::size_t bytes() const { return std::size_t{1} << log2_bytes; }
    [[nodiscard]] std::uint32_t mask() const {
        return static_cast<std::uint32_t>((std::uint64_t{1} << (8 * bytes())) - 1);
    }
};

/// Whether the codec takes this type, and how it sees it.
[[nodiscard]] bool takes(PixelType type) noexcept;
[[nodiscard]] PixelKind kind_of(PixelType type);

/// value = (pixel - origin) >> shift; `tuple` values are a symbol, each in its 8 / tuple bits, the first in the lowest.
/// The lowest `shift` bits are stored beside it.
struct Coding {
    unsigned tuple = 1;  ///< 1, 2 or 4 pixels
    unsigned shift = 0;  ///< 0 to 8
    std::uint32_t origin = 0;

    [[nodiscard]] std::uint32_t values() const { return tuple == 1 ? 254 : tuple == 2 ? 16 : 4; }
    [[nodiscard]] std::size_t symbols_of(std::size_t pixels) const { return (pixels + tuple - 1) / tuple; }
    [[nodiscard]] std::size_t low_bytes_of(std::size_t pixels) const { return (pixels + 7) / 8 * shift; }
    /// Bits of a value in the record of a wild tuple; its pixel follows where they are all ones. 0: it always does.
    [[nodiscard]] unsigned wild_value_bits() const { return tuple == 1 ? 0 : 16 / tuple; }
    /// Of a record whose tuple has `outside` pixels that it cannot hold.
    [[nodiscard]] double wild_bits(const PixelKind& kind, double outside) const {
        return (tuple == 1 ? 0.0 : 16.0) + outside * static_cast<double>(8 * kind.bytes());
    }
    /// Values that a record holds.
    [[nodiscard]] std::size_t recorded_values() const { return (std::size_t{1} << wild_value_bits()) - 1; }
    [[nodiscard]] bool operator==(const Coding&) const = default;
};

struct Table {
    Coding coding;
    Frequencies frequencies;
};

void write(const Table& table, BitWriter& writer);
[[nodiscard]] Table read_table(BitReader& reader, const PixelKind& kind);

struct EncodingTable {
    explicit EncodingTable(const Table& from) : coding(from.coding), entries(make_encode_table(from.frequencies)) {}
    Coding coding;
    EncodeTable entries;
};

struct DecodingTable {
    explicit DecodingTable(const Table& from) : coding(from.coding) { make_decode_table(from.frequencies, entries); }
    Coding coding;
    DecodeTable entries;
};

/// A stretch of pixels that one table codes.
template <class AnyTable>
struct Segment {
    const AnyTable* table = nullptr;
    std::size_t pixels = 0;
};

}  // namespace mrcz::codec::rans
