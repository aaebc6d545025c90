#include "mrcz/byte_source.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/fail.hpp"
#include "io/descriptor.hpp"
#include "io/sources.hpp"

namespace mrcz {
namespace {

[[noreturn]] void fail_beyond_end(std::uint64_t offset, std::size_t wanted, std::uint64_t size) {
    fail(ErrorCode::truncated, "offset ", hex(offset), ": needs ", wanted, " bytes, but the file ends at ", hex(size));
}

class FileSource final : public ByteSource {
  public:
    FileSource(io::Descriptor file, std::string name) : file_(std::move(file)), name_(std::move(name)) {
        struct stat status {};
        if (::fstat(file_.get(), &status) != 0) fail_errno(errno, "read the size");
        size_ = static_cast<std::uint64_t>(status.st_size);
    }

    std::uint64_t size() const override { return size_; }
    const std::string& name() const noexcept override { return name_; }

    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        constexpr std::uint64_t most = std::numeric_limits<off_t>::max();
        const bool reachable = offset <= most && into.size() <= most - offset;
        const std::size_t got = reachable ? io::read_at(file_.get(), offset, into) : 0;
        if (got != into.size()) fail_short(offset, into.size());
    }

  private:
    [[noreturn]] void fail_short(std::uint64_t offset, std::size_t wanted) const {
        struct stat status {};
        if (::fstat(file_.get(), &status) != 0) fail_errno(errno, "read the size");
        const auto now = static_cast<std::uint64_t>(status.st_size);
        if (now >= size_) fail_beyond_end(offset, wanted, now);
        fail(ErrorCode::truncated, "offset ", hex(offset), ": needs ", wanted, " bytes, but the file ends at ",
             hex(now), ": another program cut it from ", size_, " to ", now, " bytes while it was open");
    }

    io::Descriptor file_;
    std::string name_;
    std::uint64_t size_ = 0;
};

class MemorySource final : public ByteSource {
  public:
    MemorySource(std::vector<std::byte> bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}

    std::uint64_t size() const override { return bytes_.size(); }
    const std::string& name() const noexcept override { return name_; }

    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        if (offset > bytes_.size() || into.size() > bytes_.size() - offset)
            fail_beyond_end(offset, into.size(), bytes_.size());
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    }

  private:
    std::vector<std::byte> bytes_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ByteSource> open_file_source(const std::filesystem::path& path) {
    return in_file(path.string(), [&]() -> std::unique_ptr<ByteSource> {
        return std::make_unique<FileSource>(io::open_for_reading(path), path.string());
    });
}

std::unique_ptr<ByteSource> make_memory_source(std::vector<std::byte> bytes, std::string name) {
    return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

std::unique_ptr<ByteSource> io::spooled(ByteStream& stream, const CancelToken* cancel) {
    return in_file(stream.name(), [&]() -> std::unique_ptr<ByteSource> {
        Descriptor spool = open_anonymous_file();
        std::vector<std::byte> buffer(std::size_t{1} << 20);
        while (const std::size_t got = stream.read_some(buffer)) {
            if (cancel != nullptr && cancel->is_cancelled()) fail(ErrorCode::cancelled, "cancelled");
            write_all(spool.get(), std::span(buffer).first(got));
        }
        return std::make_unique<FileSource>(std::move(spool), stream.name());
    });
}

}  // namespace mrcz
