// Jobs through descriptors: a file in memory, and pipes that are fed and emptied beside the job.
#pragma once

#include <filesystem>
#include <functional>

#include "base/bytes.hpp"
#include "mrcz/files.hpp"

namespace mrcz::kit {

/// A file in memory, as descriptor and under a path: jobs on thousands of files need not wait for a disk.
class MemoryFile {
  public:
    MemoryFile();
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// Opens it anew, as long as this lives.
    [[nodiscard]] std::filesystem::path path() const;
    [[nodiscard]] Bytes bytes() const;
    void assign(std::span<const std::byte> bytes);
    void clear() { assign({}); }

  private:
    int descriptor_;
};

/// What comes out of the pipe when `job` reads `input` from one and writes to another.
[[nodiscard]] Bytes through_pipes(const Bytes& input, const std::function<void(const Input&, const Output&)>& job);

}  // namespace mrcz::kit
