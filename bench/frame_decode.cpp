// Frames of a file that lies in memory, decoded into memory that is at hand: what reading a frame by other ways is
// measured against. Run by python_speed.py: for each line of input, the number of a frame, prints seconds.
//
// usage: bench_frame_decode FILE [THREADS]
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "mrcz/byte_source.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/thread_executor.hpp"

namespace {

using namespace mrcz;

Reader reader_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
    return Reader(make_memory_source({first, first + bytes.size()}, path));
}

void run(const std::string& path, unsigned threads) {
    const Reader reader = reader_of(path);
    ThreadExecutor executor(threads);
    RunContext context;
    context.executor = &executor;
    std::vector<std::byte> frame(reader.frame_bytes());
    std::int64_t number = 0;
    while (std::cin >> number) {
        const auto start = std::chrono::steady_clock::now();
        reader.read_frames(number, 1, frame, context);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::cout << fmt::format("{:.9f}", took.count()) << std::endl;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::cerr << "usage: bench_frame_decode FILE [THREADS]\n", 2;
    try {
        run(argv[1], argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 1);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_frame_decode: " << error.what() << '\n';
        return 1;
    }
}
