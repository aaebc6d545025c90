// An output that others write by its name, or that is a folder: under a temporary name until it is complete.
#pragma once

#include <filesystem>

namespace mrcz::io {

/// What is not committed is removed, and the target is as it was.
class StagedPath {
  public:
    /// Throws Error{target_exists} when `target` is there and is not to be replaced. A file is made, empty.
    [[nodiscard]] static StagedPath file(const std::filesystem::path& target, bool overwrite);
    /// The same for a folder. Of folders only those are replaced that `is_ours` knows.
    [[nodiscard]] static StagedPath folder(const std::filesystem::path& target, bool overwrite,
                                           bool (*is_ours)(const std::filesystem::path&));
    ~StagedPath();
    StagedPath(StagedPath&& other) noexcept;
    StagedPath& operator=(StagedPath&&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// Syncs a file, gives it its name, and removes what bore it.
    void commit();

  private:
    StagedPath(std::filesystem::path target, bool overwrite) : target_(std::move(target)), overwrite_(overwrite) {}

    std::filesystem::path target_;
    std::filesystem::path path_;  ///< empty once it is committed or moved from
    bool overwrite_;
    bool is_folder_ = false;
};

}  // namespace mrcz::io
