#include <algorithm>

#include "codec/rans/model.hpp"
#include "codec/rans/palette.hpp"
#include "codec/rans/plan.hpp"

namespace mrcz::codec::rans {
namespace {

void nothing_to_write(const Plan&, const FrameSetup&, Bytes&) {}
void nothing_to_read(Plan&, const FrameSetup&, Cursor&) {}

void write_pixel(const Plan& plan, const FrameSetup&, Bytes& bytes) { append_le(bytes, plan.pixel); }

void read_pixel(Plan& plan, const FrameSetup& setup, Cursor& cursor) {
    plan.pixel = cursor.read<std::uint32_t>("constant pixel");
    if ((plan.pixel & ~setup.kind.mask()) != 0)
        fail(ErrorCode::corrupt, "constant pixel ", hex(plan.pixel), " is no pixel of ", setup.kind.bytes(), " bytes");
}

void write_table(const Plan& plan, const FrameSetup&, Bytes& bytes) {
    Bytes part;
    BitWriter writer(part);
    write(*plan.table, writer);
    append_le(bytes, static_cast<std::uint16_t>(part.size()));
    append(bytes, part);
}

void read_table_part(Plan& plan, const FrameSetup& setup, Cursor& cursor) {
    const auto size = cursor.read<std::uint16_t>("table size");
    const auto part = cursor.take(size, "table");
    BitReader reader(part, "table");
    plan.table = read_table(reader, setup.kind);
    if (reader.used_bytes() != size)
        fail(ErrorCode::corrupt, "table: ", reader.used_bytes(), " bytes used, ", size, " stored");
}

constexpr ModeRow rows[] = {
    {Mode::raw, "raw", false, nothing_to_write, nothing_to_read},
    {Mode::constant, "constant", false, write_pixel, read_pixel},
    {Mode::fallback, "fallback", false, nothing_to_write, nothing_to_read},
    {Mode::quad, "quad", true, write_table, read_table_part},
    {Mode::pair, "pair", true, write_table, read_table_part},
    {Mode::single, "single", true, write_table, read_table_part},
    {Mode::segments, "segments", true, write_table_choice, read_table_choice},
    {Mode::histograms, "histograms", true, nothing_to_write, check_histograms},
    {Mode::palette, "palette", false, write_palette, read_palette},
};

}  // namespace

std::span<const ModeRow> modes() noexcept { return rows; }

const ModeRow* find_mode(std::uint8_t mode) noexcept {
    const auto found =
        std::find_if(std::begin(rows), std::end(rows), [&](const ModeRow& row) { return row.mode == Mode{mode}; });
    return found == std::end(rows) ? nullptr : found;
}

const ModeRow& row_of(Mode mode) noexcept { return *find_mode(static_cast<std::uint8_t>(mode)); }

}  // namespace mrcz::codec::rans
