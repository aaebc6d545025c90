#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fail.hpp"
#include "container/journal.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {

FileStamp FileStamp::of(const std::filesystem::path& path) {
    return in_file(path.string(), [&] {
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) fail_errno(errno, "look at it");
        if (!S_ISREG(status.st_mode)) fail(ErrorCode::invalid_argument, "is no regular file");
        constexpr std::int64_t nanoseconds = 1'000'000'000;
        return FileStamp{.device = status.st_dev,
                         .inode = status.st_ino,
                         .bytes = static_cast<std::uint64_t>(status.st_size),
                         .modified_nanoseconds = status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec};
    });
}

void remove_unchanged(const std::filesystem::path& path, const FileStamp& before) {
    const io::Descriptor lock = io::hold_lock(path);  // nobody begins to append before the name is gone
    if (FileStamp::of(path) != before) throw Error(ErrorCode::corrupt, "changed while it was worked on", path.string());
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(container::journal_path(path), ignored)))
        throw Error(ErrorCode::invalid_argument, std::string(container::unfinished_append), path.string());
    if (::unlink(path.c_str()) != 0) in_file(path.string(), [] { fail_errno(errno, "remove it"); });
}

}  // namespace mrcz
