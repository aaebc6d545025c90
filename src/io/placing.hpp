// What makes an output appear at once and whole: a temporary name beside the final one, then a rename.
#pragma once

#include <filesystem>
#include <functional>

namespace mrcz::io {

/// Calls `make` with names `.NAME.XXXXXXXX.part` beside `target`, so that renaming never crosses file systems, until
/// one is free; returns it. `make` returns false with errno set; EEXIST asks for another name. A long NAME is cut to
/// leave room for the rest within the 255 bytes of a file's name.
[[nodiscard]] std::filesystem::path make_under_new_name(const std::filesystem::path& target,
                                                        const std::function<bool(const std::filesystem::path&)>& make);

/// Where a link leads, be the file there or not: writing through a link must not replace the link. Other paths as they
/// are.
[[nodiscard]] std::filesystem::path followed(std::filesystem::path path);

[[noreturn]] void fail_exists();

/// Renames without replacing where the file system can; elsewhere a check just before has to do.
void rename_new(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes renames in the folder of `path` last.
void sync_folder_of(const std::filesystem::path& path);

}  // namespace mrcz::io
