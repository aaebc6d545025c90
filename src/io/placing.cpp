#include "io/placing.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <string>

#include "base/fail.hpp"
#include "io/descriptor.hpp"

namespace mrcz::io {

namespace fs = std::filesystem;

fs::path make_under_new_name(const fs::path& target, const std::function<bool(const fs::path&)>& make) {
    std::random_device random;
    const std::string name = target.filename().string().substr(0, 200);
    for (int attempt = 0; attempt < 100; ++attempt) {
        const fs::path path = target.parent_path() / concat(".", name, ".", hex(random()).substr(2), ".part");
        if (make(path)) return path;
        const int failed = errno;
        const fs::path folder = target.parent_path();
        std::error_code ignored;
        if (failed == ENOENT && !folder.empty() && !fs::exists(folder, ignored))
            fail(ErrorCode::not_found, "there is no folder ", folder.string(), "; make it first");
        if (failed != EEXIST) fail_errno(failed, concat("create ", path.string()));
    }
    fail(ErrorCode::io_failed, "cannot find a free temporary name beside ", target.string());
}

fs::path followed(fs::path path) {
    std::error_code failed;
    if (!fs::is_symlink(path, failed)) return path;
    if (fs::exists(path, failed)) {
        path = fs::canonical(path, failed);  // fails for a file that is open but has no name any more: /proc/self/fd/1
        if (failed) fail_errno(failed.value(), "find the file that the link leads to");
        return path;
    }
    constexpr int most_links = 40;  // as the kernel has it
    for (int links = 0; links < most_links && fs::is_symlink(path, failed); ++links)
        path = path.parent_path() / fs::read_symlink(path, failed);
    return path;
}

void fail_exists() { fail(ErrorCode::target_exists, "exists already; use -f (overwrite) to replace it"); }

void rename_new(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) fail_exists();
    if (errno != EINVAL && errno != ENOSYS) fail_errno(errno, "give the finished file its name");
    if (fs::exists(to)) fail_exists();
    if (::rename(from.c_str(), to.c_str()) != 0) fail_errno(errno, "give the finished file its name");
}

void sync_folder_of(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() >= 0) ::fsync(opened.get());  // some file systems cannot sync folders: the rename still holds
}

}  // namespace mrcz::io
