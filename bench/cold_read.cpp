// Loads a movie frame by frame as floats, the page cache first emptied of it or filled with it; run by cold_read.py.
// Prints seconds, and the part of the file that was in the page cache before.
//
// usage: bench_cold_read cold|warm FILE THREADS [GAIN.mrc]     with a gain reference: gain and outliers are corrected
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mrcz/corrected_reader.hpp"
#include "mrcz/thread_executor.hpp"

namespace {

using namespace mrcz;
using Frame = std::vector<std::byte>;

class File {
  public:
    explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY)) {
        struct stat status {};
        if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) throw std::runtime_error("cannot open " + path);
        bytes_ = static_cast<std::size_t>(status.st_size);
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void forget() const {
        if (::fsync(descriptor_) != 0 || ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED) != 0)
            throw std::runtime_error("the page cache keeps the file");
    }

    void remember() const {
        Frame piece(std::size_t{1} << 20);
        for (std::size_t at = 0; at < bytes_; at += piece.size()) (void)read(at, piece);
    }

    /// Pages of it that are in memory, of all.
    [[nodiscard]] double cached() const {
        void* map = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, descriptor_, 0);
        if (map == MAP_FAILED) throw std::runtime_error("cannot map");
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        std::vector<unsigned char> pages((bytes_ + page - 1) / page);
        ::mincore(map, bytes_, pages.data());
        ::munmap(map, bytes_);
        double there = 0;
        for (const unsigned char state : pages) there += state & 1;
        return there / static_cast<double>(pages.size());
    }

    [[nodiscard]] std::size_t read(std::size_t offset, Frame& into) const {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t got =
                ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
            if (got <= 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

  private:
    int descriptor_;
    std::size_t bytes_ = 0;
};

/// Each thread takes every n-th frame into memory of its own.
void on_threads(unsigned threads, std::int64_t frames, const std::function<void(std::int64_t, Frame&)>& load,
                std::vector<Frame>& memory) {
    std::vector<std::jthread> running;
    for (unsigned t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            for (std::int64_t frame = t; frame < frames; frame += threads) load(frame, memory[t]);
        });
}

/// What any program does with an uncompressed movie: nothing but read().
void load_plain(const std::string& path, unsigned threads, std::vector<Frame>& memory) {
    const Reader header(path);
    const File file(path);
    const std::size_t data = static_cast<std::size_t>(header.file_bytes() - header.stored_data_bytes());
    const std::size_t frame_bytes = memory[0].size();
    on_threads(
        threads, header.frames(),
        [&](std::int64_t frame, Frame& into) {
            if (file.read(data + static_cast<std::size_t>(frame) * frame_bytes, into) != frame_bytes)
                throw std::runtime_error("too short");
        },
        memory);
}

void load_corrected(const std::string& path, unsigned threads, const std::shared_ptr<const GainReference>& gain,
                    std::vector<Frame>& memory) {
    ThreadExecutor executor(threads);
    RunContext context;
    context.executor = &executor;
    ProcessPlan plan;
    plan.gain = gain;
    plan.outliers = OutlierOptions{};
    const CorrectedReader reader(Reader(path), std::move(plan), context);
    on_threads(
        threads, reader.reader().frames(), [&](std::int64_t frame, Frame& into) { reader.read_frame(frame, into); },
        memory);
}

std::shared_ptr<const GainReference> gain_in(const std::string& path) {
    const Reader reader(path);
    FloatImage image{{reader.columns(), reader.rows()}, {}};
    image.values.resize(image.shape.pixels());
    reader.read_frame(0, std::as_writable_bytes(std::span(image.values)));
    return std::make_shared<const GainReference>(make_gain(image));
}

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() < 3) throw std::runtime_error("usage: bench_cold_read cold|warm FILE THREADS [GAIN.mrc]");
    const std::string& path = arguments[1];
    const auto threads = static_cast<unsigned>(std::stoul(arguments[2]));
    const auto gain = arguments.size() > 3 ? gain_in(arguments[3]) : nullptr;
    const File file(path);
    std::size_t frame_bytes = 0;
    {
        const Reader reader(path);
        frame_bytes = static_cast<std::size_t>(reader.columns() * reader.rows()) * sizeof(float);
    }
    std::vector<Frame> memory(threads, Frame(frame_bytes));
    arguments[0] == "cold" ? file.forget() : file.remember();
    const double cached = file.cached();
    const auto start = std::chrono::steady_clock::now();
    if (gain) {
        load_corrected(path, threads, gain, memory);
    } else {
        load_plain(path, threads, memory);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format("{:.4f} {:.3f}\n", seconds.count(), cached);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
