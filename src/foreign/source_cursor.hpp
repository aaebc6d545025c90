// A cursor over a file too large to be held: every access is checked, and a failure names structure, field and place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/byte_order.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::foreign {

class SourceCursor {
  public:
    /// `name` says what is walked over, for messages; it must outlive the cursor.
    SourceCursor(const ByteSource& source, std::string_view name);

    template <Number T>
    [[nodiscard]] T read(ByteOrder order, std::string_view field) {
        return load<T>(take(sizeof(T), field), order);
    }
    /// At most 65535 bytes.
    [[nodiscard]] std::string read_text(std::uint16_t length, std::string_view field);
    void skip(std::uint64_t count, std::string_view field);

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    [[nodiscard]] std::uint64_t remaining() const noexcept { return size_ - position_; }
    /// `name: field (offset 0x1f40)`.
    [[nodiscard]] std::string place(std::string_view field) const;

  private:
    void require(std::uint64_t count, std::string_view field) const;
    [[nodiscard]] const std::byte* take(std::size_t count, std::string_view field);

    const ByteSource& source_;
    std::string_view name_;
    std::uint64_t size_;
    std::uint64_t position_ = 0;
    std::uint64_t window_begin_ = 0;
    std::vector<std::byte> window_;
};

}  // namespace mrcz::foreign
