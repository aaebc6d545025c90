// Files that are changed where they lie. What must survive a crash at any moment goes through this interface, so that
// tests can stop it between any two steps, or lose what was not synced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "io/descriptor.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::io {

/// An open file. Errors name it.
class ChangeableFile {
  public:
    virtual ~ChangeableFile() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// As many bytes as there are from `offset`.
    [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
    /// Overwrites, or makes the file longer.
    virtual void write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
    virtual void cut_to(std::uint64_t size) = 0;
    /// Returns when everything written so far is on the disk.
    virtual void sync() = 0;
    /// Whether `path` still leads to this file: names can be removed, or given to other files, while it is open.
    [[nodiscard]] virtual bool is_at(const std::filesystem::path& path) const = 0;
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

class FileSystem {
  public:
    virtual ~FileSystem() = default;
    /// An existing file, for this program alone among those that lock it: Error{invalid_argument} when another has it.
    [[nodiscard]] virtual std::shared_ptr<ChangeableFile> open_locked(const std::filesystem::path& path) = 0;
    /// A new file, or an old one emptied, that nobody may read who may not read `like`.
    [[nodiscard]] virtual std::shared_ptr<ChangeableFile> create(const std::filesystem::path& path,
                                                                 const std::filesystem::path& like) = 0;
    /// Null when there is no such file.
    [[nodiscard]] virtual std::unique_ptr<ByteSource> open_source(const std::filesystem::path& path) = 0;
    virtual void remove(const std::filesystem::path& path) = 0;
    /// Makes creations and removals in the folder of `path` last.
    virtual void sync_folder_of(const std::filesystem::path& path) = 0;
};

[[nodiscard]] FileSystem& disk() noexcept;

/// Keeps FileSystem::open_locked() of others away from a file of the disk while the descriptor is open; a file that may
/// only be read will do. Error{invalid_argument} when another has it.
[[nodiscard]] Descriptor hold_lock(const std::filesystem::path& path);
/// Whether another has it. What cannot be opened is not locked.
[[nodiscard]] bool is_locked(const std::filesystem::path& path);

/// What a file holds while it is changed, read through the same descriptor.
[[nodiscard]] std::unique_ptr<ByteSource> source_of(std::shared_ptr<ChangeableFile> file);

}  // namespace mrcz::io
