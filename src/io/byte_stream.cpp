#include "io/byte_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/fail.hpp"
#include "io/descriptor.hpp"
#include "io/sources.hpp"
#include "io/unwrap.hpp"

namespace mrcz::io {
namespace {

class DescriptorStream final : public ByteStream {
  public:
    DescriptorStream(Descriptor owned, int descriptor, std::string name, const CancelToken* cancel, Idle idle)
        : owned_(std::move(owned)),
          descriptor_(descriptor),
          name_(std::move(name)),
          cancel_(cancel),
          idle_(std::move(idle)) {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return;
        const auto size = static_cast<std::uint64_t>(status.st_size);
        const off_t at = ::lseek(descriptor_, 0, SEEK_CUR);
        if (at >= 0 && static_cast<std::uint64_t>(at) <= size) size_ = size - static_cast<std::uint64_t>(at);
        ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
    }

    std::size_t read_some(std::span<std::byte> into) override {
        if (!size_ && (cancel_ != nullptr || idle_)) wait_until_readable();
        return io::read_some(descriptor_, into);
    }
    std::optional<std::uint64_t> size() const override { return size_; }
    const std::string& name() const noexcept override { return name_; }

  private:
    /// A pipe may stay silent for long; looks at the token a few times a second.
    void wait_until_readable() const {
        constexpr int pause_milliseconds = 200;
        pollfd waited{.fd = descriptor_, .events = POLLIN, .revents = 0};
        while (::poll(&waited, 1, pause_milliseconds) <= 0) {
            if (cancel_ != nullptr && cancel_->is_cancelled()) fail(ErrorCode::cancelled, "cancelled");
            if (idle_) idle_();
        }
    }

    Descriptor owned_;
    int descriptor_;
    std::string name_;
    const CancelToken* cancel_;
    Idle idle_;
    std::optional<std::uint64_t> size_;
};

/// Gives back bytes that were read ahead, then the rest of the stream.
class PrefixedStream final : public ByteStream {
  public:
    PrefixedStream(std::vector<std::byte> prefix, std::unique_ptr<ByteStream> rest)
        : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

    std::size_t read_some(std::span<std::byte> into) override {
        if (given_ == prefix_.size()) return rest_->read_some(into);
        const std::size_t count = std::min(into.size(), prefix_.size() - given_);
        std::copy_n(prefix_.begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
        given_ += count;
        return count;
    }
    std::optional<std::uint64_t> size() const override { return rest_->size(); }
    const std::string& name() const noexcept override { return rest_->name(); }

  private:
    std::vector<std::byte> prefix_;
    std::size_t given_ = 0;
    std::unique_ptr<ByteStream> rest_;
};

}  // namespace

std::size_t read_up_to(ByteStream& stream, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const std::size_t got = stream.read_some(into.subspan(done));
        if (got == 0) break;
        done += got;
    }
    return done;
}

std::unique_ptr<ByteStream> open_file_stream(const std::filesystem::path& path, const CancelToken* cancel,
                                             const Idle& idle) {
    return in_file(path.string(), [&]() -> std::unique_ptr<ByteStream> {
        Descriptor file = open_for_reading(path);
        const int number = file.get();
        return std::make_unique<DescriptorStream>(std::move(file), number, path.string(), cancel, idle);
    });
}

std::unique_ptr<ByteStream> make_descriptor_stream(int descriptor, std::string name, const CancelToken* cancel,
                                                   const Idle& idle) {
    return std::make_unique<DescriptorStream>(Descriptor(), descriptor, std::move(name), cancel, idle);
}

std::unique_ptr<ByteStream> with_prefix(std::vector<std::byte> prefix, std::unique_ptr<ByteStream> stream) {
    return std::make_unique<PrefixedStream>(std::move(prefix), std::move(stream));
}

std::unique_ptr<ByteStream> unwrapped(std::unique_ptr<ByteStream> stream) {
    std::vector<std::byte> magic(wrapper_magic_bytes);
    magic.resize(read_up_to(*stream, magic));
    const auto unwrap = wrapper_of(magic);
    auto whole = with_prefix(std::move(magic), std::move(stream));
    return unwrap == nullptr ? std::move(whole) : unwrap(std::move(whole));
}

std::unique_ptr<ByteSource> open_unwrapped_source(const std::filesystem::path& path, const CancelToken* cancel) {
    std::error_code ignored;
    if (std::filesystem::is_fifo(path, ignored))  // a pipe gives its bytes once
        return in_file(path.string(), [&] { return spooled(*unwrapped(open_file_stream(path, cancel)), cancel); });
    auto source = open_file_source(path);
    return in_file(path.string(), [&] {
        std::array<std::byte, wrapper_magic_bytes> magic{};
        if (source->size() < magic.size()) return std::move(source);
        source->read_at(0, magic);
        if (wrapper_of(magic) == nullptr) return std::move(source);
        return spooled(*unwrapped(open_file_stream(path, cancel)), cancel);
    });
}

}  // namespace mrcz::io
