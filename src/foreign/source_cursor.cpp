#include "foreign/source_cursor.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace mrcz::foreign {

namespace {
constexpr std::uint64_t window_bytes = 1 << 16;
}

SourceCursor::SourceCursor(const ByteSource& source, std::string_view name)
    : source_(source), name_(name), size_(source.size()) {}

std::string SourceCursor::read_text(std::uint16_t length, std::string_view field) {
    const std::byte* bytes = take(length, field);
    return {reinterpret_cast<const char*>(bytes), length};
}

void SourceCursor::skip(std::uint64_t count, std::string_view field) {
    require(count, field);
    position_ += count;
}

std::string SourceCursor::place(std::string_view field) const {
    return concat(name_, ": ", field, " (offset ", hex(position_), ")");
}

void SourceCursor::require(std::uint64_t count, std::string_view field) const {
    if (count > remaining())
        fail(ErrorCode::truncated, place(field), ": needs ", count, " bytes, ", remaining(), " are left");
}

const std::byte* SourceCursor::take(std::size_t count, std::string_view field) {
    require(count, field);
    if (position_ < window_begin_ || position_ + count > window_begin_ + window_.size()) {
        window_.resize(static_cast<std::size_t>(std::min(std::max<std::uint64_t>(window_bytes, count), remaining())));
        source_.read_at(position_, window_);
        window_begin_ = position_;
    }
    const std::byte* taken = window_.data() + (position_ - window_begin_);
    position_ += count;
    return taken;
}

}  // namespace mrcz::foreign
