// Frames turned from one pixel type into another in memory. Run with --benchmark_filter to choose; MB are 10^6 bytes
// read and written together.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "mrcz/convert.hpp"

namespace {

using namespace mrcz;

constexpr std::int64_t side = 4096;

FrameFormat frame_of(PixelType type) { return {type, side, side, RowPacking::padded}; }

/// Counts from 0 to 7, which every type has.
std::vector<std::byte> counts(PixelType type) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(side * side));
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 2654435761U >> 24 & 7);
    std::vector<std::byte> frame(static_cast<std::size_t>(bytes_of(frame_of(type))));
    (void)convert(bytes, frame_of(PixelType::uint8), frame, frame_of(type));
    return frame;
}

void run(benchmark::State& state, PixelType from, PixelType to) {
    const auto frame = counts(from);
    std::vector<std::byte> converted(static_cast<std::size_t>(bytes_of(frame_of(to))));
    for ([[maybe_unused]] auto _ : state) {
        (void)convert(frame, frame_of(from), converted, frame_of(to));
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size() + converted.size()));
}

struct Pair {
    PixelType from, to;
};

constexpr Pair pairs[] = {
    {PixelType::float32, PixelType::int8},    {PixelType::float32, PixelType::int16},
    {PixelType::float32, PixelType::uint16},  {PixelType::float32, PixelType::uint32},
    {PixelType::float32, PixelType::float16}, {PixelType::float16, PixelType::float32},
    {PixelType::float16, PixelType::int16},   {PixelType::int16, PixelType::float32},
    {PixelType::uint16, PixelType::int8},     {PixelType::int16, PixelType::uint16},
    {PixelType::int8, PixelType::float32},    {PixelType::int32, PixelType::int16},
    {PixelType::int32, PixelType::float32},   {PixelType::uint4, PixelType::int8},
    {PixelType::uint4, PixelType::uint16},    {PixelType::int8, PixelType::uint4},
    {PixelType::uint16, PixelType::uint4},
};

}  // namespace

int main(int argc, char** argv) {
    for (const Pair& pair : pairs) {
        const std::string name = std::string(info_of(pair.from).name) + "_to_" + std::string(info_of(pair.to).name);
        benchmark::RegisterBenchmark(name.c_str(), [pair](benchmark::State& state) { run(state, pair.from, pair.to); });
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
