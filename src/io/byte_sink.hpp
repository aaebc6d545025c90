// Where output goes. A sink that is destroyed without commit() leaves nothing behind and the old file untouched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace mrcz::io {

/// Errors name the sink's file.
class ByteSink {
  public:
    explicit ByteSink(std::string name) : name_(std::move(name)) {}
    virtual ~ByteSink() = default;

    void write(std::span<const std::byte> bytes);
    /// Overwrites bytes that were written before; an error where that cannot be done.
    void rewrite(std::uint64_t offset, std::span<const std::byte> bytes);
    [[nodiscard]] virtual bool can_rewrite() const noexcept { return true; }
    /// Makes the output durable and visible under its name.
    void commit();

    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

  private:
    virtual void do_write(std::span<const std::byte> bytes) = 0;
    virtual void do_rewrite(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    virtual void do_commit() = 0;

    std::string name_;
    std::uint64_t written_ = 0;
};

struct FileSinkOptions {
    bool overwrite = false;  ///< replace an existing file; otherwise Error{target_exists}
    /// A file whose permissions and modification time the output takes, as zstd and gzip do; empty: neither.
    std::filesystem::path like;
};

/// Writes to a temporary name beside `path`; commit() syncs it and renames it over `path`. A target that is no regular
/// file (a device, a FIFO) is written to as it is.
[[nodiscard]] std::unique_ptr<ByteSink> open_file_sink(const std::filesystem::path& path,
                                                       const FileSinkOptions& options);

/// A descriptor that stays the caller's, such as standard output. Bytes that may be rewritten wait in a temporary file
/// until commit() when `rewritable`; otherwise they go out at once and rewrite() is an error.
[[nodiscard]] std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor, bool rewritable,
                                                             std::string name = "standard output");

}  // namespace mrcz::io
