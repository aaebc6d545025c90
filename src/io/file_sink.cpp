#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "base/fail.hpp"
#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"
#include "io/placing.hpp"

namespace mrcz::io {
namespace {

namespace fs = std::filesystem;

/// Written pages are handed to the disk this often, so that the final sync has little left to wait for.
constexpr std::uint64_t write_behind_bytes = std::uint64_t{32} << 20;

struct TemporaryFile {
    Descriptor file;
    fs::path path;
};

/// Permissions a new file begins with: never more than those of the file it is made from.
mode_t first_permissions(const fs::path& like) {
    struct stat status {};
    const bool known = !like.empty() && ::stat(like.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    return known ? status.st_mode & 0666 : 0666;
}

/// A new file under a temporary name beside `target`.
TemporaryFile make_beside(const fs::path& target, mode_t permissions) {
    TemporaryFile made;
    made.path = make_under_new_name(target, [&](const fs::path& path) {
        made.file = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions));
        return made.file.get() >= 0;
    });
    return made;
}

void copy_permissions_and_time(const fs::path& from, int to) {
    struct stat status {};
    if (::stat(from.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    // Not being allowed to is no reason to lose the output.
    if (::fchmod(to, status.st_mode & 0777) != 0) return;
    [[maybe_unused]] const int ignored = ::futimens(to, times);
}

class AtomicFileSink final : public ByteSink {
  public:
    AtomicFileSink(const fs::path& target, FileSinkOptions options)
        : ByteSink(target.string()),
          target_(target),
          options_(std::move(options)),
          temporary_(make_beside(target, first_permissions(options_.like))) {}

    ~AtomicFileSink() override {
        if (!committed_) ::unlink(temporary_.path.c_str());
    }
    AtomicFileSink(const AtomicFileSink&) = delete;
    AtomicFileSink& operator=(const AtomicFileSink&) = delete;

  private:
    void do_write(std::span<const std::byte> bytes) override {
        write_all(temporary_.file.get(), bytes);
        const std::uint64_t end = written() + bytes.size();
        if (end - handed_over_ < write_behind_bytes) return;
        ::sync_file_range(temporary_.file.get(), static_cast<off_t>(handed_over_),
                          static_cast<off_t>(end - handed_over_), SYNC_FILE_RANGE_WRITE);
        handed_over_ = end;
    }

    void do_rewrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        write_all_at(temporary_.file.get(), offset, bytes);
    }

    void do_commit() override {
        if (!options_.like.empty()) copy_permissions_and_time(options_.like, temporary_.file.get());
        if (::fsync(temporary_.file.get()) != 0) fail_errno(errno, "sync to disk");
        temporary_.file.close();
        if (!options_.overwrite) {
            rename_new(temporary_.path, target_);
        } else if (::rename(temporary_.path.c_str(), target_.c_str()) != 0) {
            fail_errno(errno, "give the finished file its name");
        }
        committed_ = true;
        sync_folder_of(target_);
    }

    fs::path target_;
    FileSinkOptions options_;
    TemporaryFile temporary_;
    std::uint64_t handed_over_ = 0;
    bool committed_ = false;
};

Descriptor open_special(const fs::path& path) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) fail_errno(errno, "open for writing");
    return file;
}

/// A device or FIFO opened for writing, spooled because it may be rewritten.
class SpecialFileSink final : public ByteSink {
  public:
    explicit SpecialFileSink(const fs::path& path)
        : ByteSink(path.string()),
          file_(open_special(path)),
          spool_(make_descriptor_sink(file_.get(), true, path.string())) {}

  private:
    void do_write(std::span<const std::byte> bytes) override { spool_->write(bytes); }
    void do_rewrite(std::uint64_t offset, std::span<const std::byte> bytes) override { spool_->rewrite(offset, bytes); }
    void do_commit() override { spool_->commit(); }

    Descriptor file_;
    std::unique_ptr<ByteSink> spool_;
};

}  // namespace

std::unique_ptr<ByteSink> open_file_sink(const fs::path& path, const FileSinkOptions& options) {
    return in_file(path.string(), [&]() -> std::unique_ptr<ByteSink> {
        std::error_code failed;
        const fs::file_status status = fs::status(path, failed);
        if (status.type() == fs::file_type::none) fail_errno(failed.value(), "open for writing");
        if (fs::is_directory(status)) fail(ErrorCode::invalid_argument, "is a directory; name a file");
        if (fs::exists(status) && !fs::is_regular_file(status)) return std::make_unique<SpecialFileSink>(path);
        if (fs::exists(status) && !options.overwrite) fail_exists();
        return std::make_unique<AtomicFileSink>(followed(path), options);
    });
}

}  // namespace mrcz::io
