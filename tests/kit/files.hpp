// Files for tests: a folder that goes away, whole files in and out, real data that may be missing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace mrcz::kit {

/// A folder of its own for one test, removed with all in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

[[nodiscard]] Bytes read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

/// testdata/ of the project.
[[nodiscard]] std::filesystem::path testdata();
/// The shared folder's data, or nothing where it is missing.
[[nodiscard]] std::optional<std::filesystem::path> shared_data();

}  // namespace mrcz::kit
