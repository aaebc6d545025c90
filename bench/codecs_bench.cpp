// Frames of Poisson counts coded in memory by every codec of the registry that writes, beside c-blosc with the same
// block size. Run with --benchmark_filter to choose; MB are 10^6 uncompressed bytes.
#include <benchmark/benchmark.h>
#include <blosc.h>

#include <random>
#include <vector>

#include "codec/codec.hpp"

namespace {

using namespace mrcz;

constexpr std::size_t side = 4096;

std::vector<std::byte> poisson_frame(double dose) {
    std::mt19937 random(1);
    std::poisson_distribution<int> counts(dose);
    std::vector<std::byte> frame(side * side);
    for (std::byte& pixel : frame) pixel = static_cast<std::byte>(counts(random));
    return frame;
}

const std::vector<std::byte>& dose_1() {
    static const std::vector<std::byte> frame = poisson_frame(1.0);
    return frame;
}

class NoObserver final : public codec::FrameObserver {
    void observe(std::span<const std::byte>) override {}
};

void report(benchmark::State& state, std::size_t coded) {
    state.counters["ratio"] = static_cast<double>(dose_1().size()) / static_cast<double>(coded);
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * dose_1().size()));
}

void encode(benchmark::State& state, const CodecInfo& info) {
    const auto& row = codec::writing_row(info);
    const auto encoder = row.prepare_encoder(info, {PixelType::int8, dose_1().size()}, {}, {.first_frame = dose_1()});
    const auto scratch = encoder->make_scratch();
    std::vector<std::byte> chunk(encoder->chunk_bound());
    NoObserver observer;
    std::size_t coded = 0;
    for ([[maybe_unused]] auto _ : state) coded = encoder->encode(dose_1(), chunk, *scratch, observer);
    report(state, coded);
}

void decode(benchmark::State& state, const CodecInfo& info) {
    const auto& row = codec::writing_row(info);
    const codec::FrameShape shape{PixelType::int8, dose_1().size()};
    const auto encoder = row.prepare_encoder(info, shape, {}, {.first_frame = dose_1()});
    const auto decoder = row.prepare_decoder(shape);
    NoObserver observer;
    std::vector<std::byte> chunk(encoder->chunk_bound());
    chunk.resize(encoder->encode(dose_1(), chunk, *encoder->make_scratch(), observer));
    std::vector<std::byte> frame(dose_1().size());
    const auto scratch = decoder->make_scratch();
    for ([[maybe_unused]] auto _ : state) decoder->decode(chunk, frame, *scratch, observer);
    report(state, chunk.size());
}

std::vector<std::byte> blosc_chunk(std::size_t block_bytes) {
    std::vector<std::byte> chunk(dose_1().size() + BLOSC_MAX_OVERHEAD);
    chunk.resize(static_cast<std::size_t>(blosc_compress_ctx(1, BLOSC_BITSHUFFLE, 1, dose_1().size(), dose_1().data(),
                                                             chunk.data(), chunk.size(), "zstd", block_bytes, 1)));
    return chunk;
}

void blosc_encode(benchmark::State& state) {
    std::size_t coded = 0;
    for ([[maybe_unused]] auto _ : state) coded = blosc_chunk(static_cast<std::size_t>(state.range(0))).size();
    report(state, coded);
}

void blosc_decode(benchmark::State& state) {
    const auto chunk = blosc_chunk(static_cast<std::size_t>(state.range(0)));
    std::vector<std::byte> frame(dose_1().size());
    for ([[maybe_unused]] auto _ : state) blosc_decompress_ctx(chunk.data(), frame.data(), frame.size(), 1);
    report(state, chunk.size());
}

}  // namespace

int main(int argc, char** argv) {
    for (const CodecInfo& info : codecs()) {
        if (!info.writes) continue;
        benchmark::RegisterBenchmark(("encode/" + std::string(info.name)).c_str(),
                                     [&info](benchmark::State& state) { encode(state, info); });
        benchmark::RegisterBenchmark(("decode/" + std::string(info.name)).c_str(),
                                     [&info](benchmark::State& state) { decode(state, info); });
    }
    benchmark::RegisterBenchmark("encode/c-blosc-zstd", blosc_encode)->Arg(65536)->Arg(1 << 20);
    benchmark::RegisterBenchmark("decode/c-blosc-zstd", blosc_decode)->Arg(65536)->Arg(1 << 20);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
