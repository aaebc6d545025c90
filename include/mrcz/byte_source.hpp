// Where a Reader gets its bytes from: a file, memory, or anything that answers range requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// Random access to the bytes of one file. Safe to read from several threads at once.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Fills `into` from `offset`. Throws Error{truncated} when the file ends before, Error{io_failed} otherwise.
    virtual void read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
    /// Much of `bytes` bytes from `offset` (of those, what the file has) will be read next, in pieces. A source that
    /// pays for every request may fetch them at once. Throws nothing: what cannot be read is told by read_at().
    virtual void will_read(std::uint64_t offset, std::uint64_t bytes) const noexcept {
        static_cast<void>(offset), static_cast<void>(bytes);
    }
    /// For messages: the path, or what stands for it.
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

/// Opens a file as it lies on the disk. Throws Error{not_found} or Error{io_failed}.
[[nodiscard]] std::unique_ptr<ByteSource> open_file_source(const std::filesystem::path& path);

/// Bytes in memory, owned.
[[nodiscard]] std::unique_ptr<ByteSource> make_memory_source(std::vector<std::byte> bytes, std::string name);

/// `source`, from which what will_read() announces is fetched in few requests, and kept: in a single one up to 8 MiB,
/// else 64 KiB at least. For sources that are far away.
[[nodiscard]] std::unique_ptr<ByteSource> make_caching_source(std::unique_ptr<ByteSource> source);

}  // namespace mrcz
