#include "base/cursor.hpp"

#include "base/fail.hpp"

namespace mrcz {

std::span<const std::byte> Cursor::take(std::uint64_t count, std::string_view field) {
    if (count > remaining())
        fail(ErrorCode::truncated, place(field), ": needs ", count, " bytes, ", remaining(), " are left");
    const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += taken.size();
    return taken;
}

std::string Cursor::place(std::string_view field) const {
    return concat(name_, ": ", field, " (offset ", hex(file_offset_ + position_), ")");
}

}  // namespace mrcz
