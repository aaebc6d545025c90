#include "io/file_system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/fail.hpp"
#include "io/descriptor.hpp"

namespace mrcz::io {
namespace {

namespace fs = std::filesystem;

class DiskFile final : public ChangeableFile {
  public:
    DiskFile(Descriptor file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

    const std::string& name() const noexcept override { return name_; }

    std::uint64_t size() const override {
        return in_file(name_, [&] {
            struct stat status {};
            if (::fstat(file_.get(), &status) != 0) fail_errno(errno, "read the size");
            return static_cast<std::uint64_t>(status.st_size);
        });
    }
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        return in_file(name_, [&] { return io::read_at(file_.get(), offset, into); });
    }
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        in_file(name_, [&] { write_all_at(file_.get(), offset, bytes); });
    }
    void cut_to(std::uint64_t size) override {
        in_file(name_, [&] {
            if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) fail_errno(errno, "shorten");
        });
    }
    void sync() override {
        in_file(name_, [&] {
            if (::fsync(file_.get()) != 0) fail_errno(errno, "sync to disk");
        });
    }
    bool is_at(const fs::path& path) const override {
        return in_file(name_, [&] {
            struct stat open {};
            if (::fstat(file_.get(), &open) != 0) fail_errno(errno, "look at it");
            struct stat named {};
            if (::stat(path.c_str(), &named) == 0) return open.st_dev == named.st_dev && open.st_ino == named.st_ino;
            if (errno != ENOENT && errno != ENOTDIR) fail_errno(errno, "look at it");
            return false;
        });
    }

  private:
    Descriptor file_;
    std::string name_;
};

/// False when another has it.
bool try_lock(int descriptor) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    // Some network file systems have no locks, or none for readers: what cannot be locked cannot be refused for it.
    if (errno != EINVAL && errno != ENOLCK && errno != EOPNOTSUPP && errno != EBADF) fail_errno(errno, "lock");
    return true;
}

void lock(int descriptor) {
    if (!try_lock(descriptor))
        fail(ErrorCode::invalid_argument, "another program is writing to it; wait until that has ended");
}

/// For writing where that is allowed: some network file systems lock no others.
Descriptor open_to_lock(const fs::path& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (file.get() >= 0) return file;
    return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

class Disk final : public FileSystem {
  public:
    std::shared_ptr<ChangeableFile> open_locked(const fs::path& path) override {
        return in_file(path.string(), [&] {
            Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
            if (file.get() < 0) fail_errno(errno, "open for writing");
            struct stat status {};
            if (::fstat(file.get(), &status) != 0) fail_errno(errno, "open for writing");
            if (!S_ISREG(status.st_mode)) fail(ErrorCode::invalid_argument, "is no regular file");
            lock(file.get());
            auto opened = std::make_shared<DiskFile>(std::move(file), path.string());
            if (!opened->is_at(path)) fail(ErrorCode::io_failed, "was removed or replaced just now");
            return opened;
        });
    }

    std::shared_ptr<ChangeableFile> create(const fs::path& path, const fs::path& like) override {
        return in_file(path.string(), [&] {
            struct stat status {};
            const mode_t permissions = ::stat(like.c_str(), &status) == 0 ? status.st_mode & 0666 : 0600;
            Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, permissions));
            if (file.get() < 0) fail_errno(errno, "create");
            return std::make_shared<DiskFile>(std::move(file), path.string());
        });
    }

    std::unique_ptr<ByteSource> open_source(const fs::path& path) override {
        std::error_code failed;
        if (fs::symlink_status(path, failed).type() == fs::file_type::not_found) return nullptr;
        return open_file_source(path);
    }

    void remove(const fs::path& path) override {
        in_file(path.string(), [&] {
            if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail_errno(errno, "remove");
        });
    }

    void sync_folder_of(const fs::path& path) override {
        const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
        const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened.get() >= 0) ::fsync(opened.get());  // some file systems cannot sync folders
    }
};

class ChangingSource final : public ByteSource {
  public:
    explicit ChangingSource(std::shared_ptr<ChangeableFile> file) : file_(std::move(file)) {}

    std::uint64_t size() const override { return file_->size(); }
    const std::string& name() const noexcept override { return file_->name(); }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        const std::size_t got = file_->read_at(offset, into);
        if (got != into.size())
            fail(ErrorCode::truncated, "offset ", hex(offset), ": needs ", into.size(), " bytes, but the file ends at ",
                 hex(offset + got));
    }

  private:
    std::shared_ptr<ChangeableFile> file_;
};

}  // namespace

FileSystem& disk() noexcept {
    static Disk system;
    return system;
}

Descriptor hold_lock(const fs::path& path) {
    return in_file(path.string(), [&] {
        Descriptor file = open_to_lock(path);
        if (file.get() < 0) fail_errno(errno, "open to lock it");
        lock(file.get());
        return file;
    });
}

bool is_locked(const fs::path& path) {
    return in_file(path.string(), [&] {
        const Descriptor file = open_to_lock(path);
        return file.get() >= 0 && !try_lock(file.get());
    });
}

std::unique_ptr<ByteSource> source_of(std::shared_ptr<ChangeableFile> file) {
    return std::make_unique<ChangingSource>(std::move(file));
}

}  // namespace mrcz::io
