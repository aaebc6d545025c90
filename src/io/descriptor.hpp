// A file descriptor that closes itself, and system calls that retry, complete and report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace mrcz::io {

class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const noexcept { return number_; }
    void close() noexcept;

  private:
    int number_ = -1;
};

[[nodiscard]] Descriptor open_for_reading(const std::filesystem::path& path);

/// Bytes read, 0 at the end.
[[nodiscard]] std::size_t read_some(int descriptor, std::span<std::byte> into);
void write_all(int descriptor, std::span<const std::byte> bytes);
void write_all_at(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes);
/// As many bytes as there are from `offset`, at most `into.size()`.
[[nodiscard]] std::size_t read_at(int descriptor, std::uint64_t offset, std::span<std::byte> into);

/// Asks that the file be read from the disk next time, not from memory. A request: nothing tells whether it was heard.
void drop_cached_pages(const std::filesystem::path& path) noexcept;

/// An anonymous file in the system's temporary folder, gone when closed.
[[nodiscard]] Descriptor open_anonymous_file();

}  // namespace mrcz::io
