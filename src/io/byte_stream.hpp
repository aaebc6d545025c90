// Bytes that come once, in order: a file read from its start, a pipe, or either unwrapped from gzip, bzip2 or zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mrcz/run_context.hpp"

namespace mrcz::io {

class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Bytes put into `into`, which is not empty; 0 at the end.
    [[nodiscard]] virtual std::size_t read_some(std::span<std::byte> into) = 0;
    /// All bytes from the stream's start to its end, where that is known beforehand.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

/// Fills `into` as far as the stream reaches; returns the bytes read.
[[nodiscard]] std::size_t read_up_to(ByteStream& stream, std::span<std::byte> into);

// Waiting for a pipe ends with Error{cancelled} when `cancel` says so; meanwhile `idle` is called a few times a second.
using Idle = std::function<void()>;

/// A file from its start, as it lies on the disk.
[[nodiscard]] std::unique_ptr<ByteStream> open_file_stream(const std::filesystem::path& path,
                                                           const CancelToken* cancel = nullptr, const Idle& idle = {});
/// A descriptor that stays the caller's, such as standard input.
[[nodiscard]] std::unique_ptr<ByteStream> make_descriptor_stream(int descriptor, std::string name,
                                                                 const CancelToken* cancel = nullptr,
                                                                 const Idle& idle = {});

/// `prefix`, which was read from it, and then the rest of `stream`.
[[nodiscard]] std::unique_ptr<ByteStream> with_prefix(std::vector<std::byte> prefix,
                                                      std::unique_ptr<ByteStream> stream);

/// `stream`, with gzip, bzip2 or zstd (recognised by their first bytes, whatever the name) taken off.
[[nodiscard]] std::unique_ptr<ByteStream> unwrapped(std::unique_ptr<ByteStream> stream);

}  // namespace mrcz::io
