#include "io/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/fail.hpp"

namespace mrcz::io {
namespace {

/// The kernel moves at most 2 GiB a call; smaller pieces let a cancel through.
constexpr std::size_t largest_transfer = std::size_t{1} << 28;

template <class Call>
std::size_t retried(const char* action, const Call& call) {
    while (true) {
        const ssize_t moved = call();
        if (moved >= 0) return static_cast<std::size_t>(moved);
        if (errno != EINTR) fail_errno(errno, action);
    }
}

}  // namespace

void Descriptor::close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Descriptor open_for_reading(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) fail_errno(errno, "open for reading");
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
        std::error_code ignored;
        if (std::filesystem::exists(path / "zarr.json", ignored) || std::filesystem::exists(path / ".zarray", ignored))
            fail(ErrorCode::invalid_argument, "is a directory, a Zarr array; `mrcz convert` makes MRC or MRCZ of it");
        fail(ErrorCode::invalid_argument, "is a directory, not a file");
    }
    return file;
}

std::size_t read_some(int descriptor, std::span<std::byte> into) {
    return retried("read", [&] { return ::read(descriptor, into.data(), std::min(into.size(), largest_transfer)); });
}

void write_all(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty())
        bytes = bytes.subspan(retried(
            "write", [&] { return ::write(descriptor, bytes.data(), std::min(bytes.size(), largest_transfer)); }));
}

void write_all_at(int descriptor, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t written = retried("write", [&] {
            return ::pwrite(descriptor, bytes.data(), std::min(bytes.size(), largest_transfer),
                            static_cast<off_t>(offset));
        });
        offset += written;
        bytes = bytes.subspan(written);
    }
}

std::size_t read_at(int descriptor, std::uint64_t offset, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto rest = into.subspan(done);
        const std::size_t got = retried("read", [&] {
            return ::pread(descriptor, rest.data(), std::min(rest.size(), largest_transfer),
                           static_cast<off_t>(offset + done));
        });
        if (got == 0) break;
        done += got;
    }
    return done;
}

void drop_cached_pages(const std::filesystem::path& path) noexcept {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() >= 0) ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

Descriptor open_anonymous_file() {
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
    if (failed) fail(ErrorCode::io_failed, "cannot find the folder for temporary files: ", failed.message());
    std::string pattern = (folder / "mrcz-spool-XXXXXX").string();
    Descriptor file(::mkostemp(pattern.data(), O_CLOEXEC));
    if (file.get() < 0) fail_errno(errno, concat("make a temporary file ", pattern));
    ::unlink(pattern.c_str());
    return file;
}

}  // namespace mrcz::io
