#include "io/staged_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/fail.hpp"
#include "io/descriptor.hpp"
#include "io/placing.hpp"

namespace mrcz::io {

namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

void sync(const fs::path& path) {
    const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail_errno(errno, "sync to disk");
}

/// Both folders change names at once where the file system can do that; elsewhere one steps aside first.
void exchange(const fs::path& made, const fs::path& old) {
    if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, old.c_str(), RENAME_EXCHANGE) == 0) return;
    if (errno != EINVAL && errno != ENOSYS) fail_errno(errno, "give the finished folder its name");
    fs::path aside = made;
    aside += ".old";
    if (::rename(old.c_str(), aside.c_str()) != 0) fail_errno(errno, "move the old folder aside");
    if (::rename(made.c_str(), old.c_str()) != 0) fail_errno(errno, "give the finished folder its name");
    if (::rename(aside.c_str(), made.c_str()) != 0) fail_errno(errno, "move the old folder aside");
}

}  // namespace

StagedPath StagedPath::file(const fs::path& named, bool overwrite) {
    return in_file(named.string(), [&] {
        const fs::path target = followed(named);
        if (fs::is_directory(target)) fail(ErrorCode::invalid_argument, "is a directory; name a file");
        if (!overwrite && is_there(target)) fail_exists();
        StagedPath staged(target, overwrite);
        staged.path_ = make_under_new_name(target, [](const fs::path& path) {
            return Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)).get() >= 0;
        });
        return staged;
    });
}

StagedPath StagedPath::folder(const fs::path& target, bool overwrite, bool (*is_ours)(const fs::path&)) {
    return in_file(target.string(), [&] {
        if (is_there(target) && !overwrite) fail_exists();
        if (is_there(target) && (!fs::is_directory(fs::symlink_status(target)) || !is_ours(target)))
            fail(ErrorCode::target_exists,
                 "is there, and is nothing that -f may replace; move it away, or name another");
        StagedPath staged(target, overwrite);
        staged.path_ =
            make_under_new_name(target, [](const fs::path& path) { return ::mkdir(path.c_str(), 0777) == 0; });
        staged.is_folder_ = true;
        return staged;
    });
}

StagedPath::StagedPath(StagedPath&& other) noexcept
    : target_(std::move(other.target_)),
      path_(std::exchange(other.path_, {})),
      overwrite_(other.overwrite_),
      is_folder_(other.is_folder_) {}

StagedPath::~StagedPath() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

void StagedPath::commit() {
    in_file(target_.string(), [&] {
        if (!is_folder_) sync(path_);
        if (!overwrite_ || !is_there(target_)) {
            rename_new(path_, target_);
        } else if (is_folder_) {
            exchange(path_, target_);
            fs::remove_all(path_);
        } else if (::rename(path_.c_str(), target_.c_str()) != 0) {
            fail_errno(errno, "give the finished file its name");
        }
        path_.clear();
        sync_folder_of(target_);
    });
}

}  // namespace mrcz::io
