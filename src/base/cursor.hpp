// Reading untrusted bytes: every access is checked, and a failure names the structure and the field.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_order.hpp"

namespace mrcz {

/// Walks over little-endian bytes that start at `file_offset` of the file. `name` must outlive the cursor.
class Cursor {
  public:
    Cursor(std::span<const std::byte> bytes, std::string_view name, std::uint64_t file_offset = 0) noexcept
        : bytes_(bytes), name_(name), file_offset_(file_offset) {}

    template <Number T>
    [[nodiscard]] T read(std::string_view field) {
        return load_le<T>(take(sizeof(T), field).data());
    }

    /// The next `count` bytes, or an error that names `field`.
    [[nodiscard]] std::span<const std::byte> take(std::uint64_t count, std::string_view field);

    [[nodiscard]] std::size_t position() const noexcept { return position_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }
    /// `name: field` for messages, with the place in the file: `footer: section count (offset 0x1f40)`.
    [[nodiscard]] std::string place(std::string_view field) const;

  private:
    std::span<const std::byte> bytes_;
    std::string_view name_;
    std::uint64_t file_offset_;
    std::size_t position_ = 0;
};

}  // namespace mrcz
