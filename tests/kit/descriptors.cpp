#include "kit/descriptors.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

namespace mrcz::kit {
namespace {

struct Pipe {
    Pipe() {
        if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    }
    ~Pipe() {
        close_reading();
        close_writing();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_reading() { close(0); }
    void close_writing() { close(1); }

    std::array<int, 2> ends{};

  private:
    void close(std::size_t end) {
        if (ends[end] >= 0) ::close(ends[end]);
        ends[end] = -1;
    }
};

void feed(Pipe& pipe, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(pipe.ends[1], bytes.data(), bytes.size());
        if (done < 0) break;  // the job does not want the rest
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    pipe.close_writing();
}

Bytes drained(const Pipe& pipe) {
    Bytes all;
    Bytes buffer(1 << 16);
    while (true) {
        const ssize_t got = ::read(pipe.ends[0], buffer.data(), buffer.size());
        if (got <= 0) return all;
        append(all, std::span(buffer).first(static_cast<std::size_t>(got)));
    }
}

}  // namespace

MemoryFile::MemoryFile() : descriptor_(::memfd_create("mrcz-test", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("no file in memory");
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

Bytes MemoryFile::bytes() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw std::runtime_error("no size");
    Bytes all(static_cast<std::size_t>(status.st_size));
    if (::pread(descriptor_, all.data(), all.size(), 0) != status.st_size) throw std::runtime_error("short read");
    return all;
}

std::filesystem::path MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

void MemoryFile::assign(std::span<const std::byte> bytes) {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0 ||
        ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("cannot write in memory");
}

Bytes through_pipes(const Bytes& input, const std::function<void(const Input&, const Output&)>& job) {
    std::signal(SIGPIPE, SIG_IGN);
    Pipe in;
    Pipe out;
    Bytes result;
    std::thread feeder([&] { feed(in, input); });
    std::thread drainer([&] { result = drained(out); });
    const auto end = [&] {
        in.close_reading();
        out.close_writing();
        feeder.join();
        drainer.join();
    };
    try {
        job(Input::stream(in.ends[0], "pipe"), Output::stream(out.ends[1]));
    } catch (...) {
        end();
        throw;
    }
    end();
    return result;
}

}  // namespace mrcz::kit
