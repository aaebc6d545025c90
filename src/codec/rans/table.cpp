#include "codec/rans/table.hpp"

#include "base/integer_types.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr unsigned most_shift = 8;

}  // namespace

bool takes(PixelType type) noexcept { return is_integer(type); }

PixelKind kind_of(PixelType type) {
    if (!takes(type))
        fail(ErrorCode::unsupported, "codec rans takes integers, not ", info_of(type).name, "; use zstd for it");
    const unsigned bytes = info_of(type).pixel_bytes;
    const bool is_signed = type == PixelType::int8 || type == PixelType::int16 || type == PixelType::int32;
    return {bytes == 4 ? 2u : bytes - 1, is_signed ? 1u << (8 * bytes - 1) : 0};
}

void write(const Table& table, BitWriter& writer) {
    writer.bits(table.coding.tuple == 4 ? 2 : table.coding.tuple - 1, 2);
    writer.bits(table.coding.shift, 4);
    writer.bits(table.coding.origin, 32);
    write(table.frequencies, writer);
}

Table read_table(BitReader& reader, const PixelKind& kind) {
    Table table;
    const auto log2_tuple = static_cast<unsigned>(reader.bits(2));
    if (log2_tuple > 2) fail(ErrorCode::corrupt, "table: tuples of 2^", log2_tuple, " pixels, at most 4 expected");
    table.coding.tuple = 1u << log2_tuple;
    table.coding.shift = static_cast<unsigned>(reader.bits(4));
    if (table.coding.shift > most_shift)
        fail(ErrorCode::corrupt, "table: shift ", table.coding.shift, ", at most ", most_shift, " expected");
    table.coding.origin = static_cast<std::uint32_t>(reader.bits(32));
    if ((table.coding.origin & ~kind.mask()) != 0)
        fail(ErrorCode::corrupt, "table: origin ", hex(table.coding.origin), " is no pixel of ", kind.bytes(),
             " bytes");
    table.frequencies = read_frequencies(reader);
    return table;
}

}  // namespace mrcz::codec::rans
