// Sums, outliers, fills, corrected frames and KOMA in memory, beside memcpy of the bytes they move. Run with
// --benchmark_filter to choose; MB are 10^6 bytes of input for sums and fills, of all that is moved for corrected
// frames. The last argument is the number of threads.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "jobs/frame_corrector.hpp"
#include "kit/counts.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/gain.hpp"
#include "mrcz/koma.hpp"
#include "mrcz/outliers.hpp"
#include "mrcz/thread_executor.hpp"

namespace {

using namespace mrcz;

constexpr std::int64_t side = 4096;
constexpr std::size_t pixels = side * side;
constexpr std::int64_t frames = 50;

/// Counts of mean 1, 0.5 % of the pixels hot; one row of drawn counts is enough for the rest.
std::vector<std::uint8_t> counts_frame(std::uint64_t seed) {
    kit::Counts counts(seed);
    const auto drawn = counts.frame<std::uint8_t>(1 << 20, 1);
    std::vector<std::uint8_t> frame(pixels);
    for (std::size_t i = 0; i < pixels; i += drawn.size()) {
        const std::size_t shift = counts.index(drawn.size());
        std::rotate_copy(drawn.begin(), drawn.begin() + static_cast<std::ptrdiff_t>(shift), drawn.end(),
                         frame.begin() + static_cast<std::ptrdiff_t>(i));
    }
    kit::Counts places(1);
    for (std::size_t i = 0; i < pixels / 200; ++i) frame[places.index(pixels)] += 4;
    return frame;
}

std::vector<std::byte> frame_of(PixelType type) {
    const auto counts = counts_frame(7);
    const FrameFormat from{PixelType::uint8, side, side}, to{type, side, side};
    std::vector<std::byte> frame(static_cast<std::size_t>(bytes_of(to)));
    (void)convert(std::as_bytes(std::span(counts)), from, frame, to, {.clip = true});
    return frame;
}

/// A sum of 40 frames.
SumImage noisy_sum() {
    kit::Counts counts(3);
    std::vector<std::uint32_t> values(pixels);
    const auto drawn = counts.frame<std::uint32_t>(1 << 20, 40);
    for (std::size_t i = 0; i < pixels; ++i) values[i] = drawn[counts.index(drawn.size())];
    for (std::size_t i = 0; i < pixels / 200; ++i)
        values[counts.index(pixels)] += 32 + static_cast<std::uint32_t>(counts.index(220));
    return {{side, side}, 40, values};
}

struct Threads {
    explicit Threads(benchmark::State& state) : executor(static_cast<unsigned>(state.range(0))) {
        context.executor = &executor;
    }
    ThreadExecutor executor;
    RunContext context;
};

/// Frames of a stack that no cache holds: a pass over a movie never sees a frame twice.
class Stack {
  public:
    explicit Stack(PixelType type) : frames_(16, frame_of(type)) {}

    [[nodiscard]] std::span<const std::byte> next() { return frames_[count_++ % frames_.size()]; }
    [[nodiscard]] std::size_t frame_bytes() const { return frames_[0].size(); }

  private:
    std::vector<std::vector<std::byte>> frames_;
    std::size_t count_ = 0;
};

/// To as many places as there are frames: a copy of the stack.
void copies(benchmark::State& state, PixelType type) {
    Stack stack(type);
    std::vector<std::vector<std::byte>> copy(16, std::vector<std::byte>(stack.frame_bytes()));
    std::size_t place = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto frame = stack.next();
        std::memcpy(copy[place++ % copy.size()].data(), frame.data(), frame.size());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stack.frame_bytes()));
}

void sums(benchmark::State& state, PixelType type) {
    Stack stack(type);
    Threads threads(state);
    FrameSummer summer({type, side, side});
    for (int warm = 0; warm < 20; ++warm) summer.add(stack.next(), threads.context);
    for ([[maybe_unused]] auto _ : state) summer.add(stack.next(), threads.context);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stack.frame_bytes()));
}

void finds(benchmark::State& state) {
    const SumImage sum = noisy_sum();
    Threads threads(state);
    for ([[maybe_unused]] auto _ : state) {
        const Outliers outliers = find_outliers(sum, {}, {}, threads.context);
        state.counters["hot"] = static_cast<double>(outliers.hot);
        state.counters["listed"] = static_cast<double>(outliers.pixels.size());
    }
}

template <class Value>
void fills(benchmark::State& state, OutlierFill fill) {
    const Outliers outliers = find_outliers(noisy_sum());
    const auto counts = counts_frame(7);
    std::vector<Value> frame(counts.begin(), counts.end());
    std::int64_t index = 0;
    for ([[maybe_unused]] auto _ : state) fill_outliers(std::span(frame), outliers, fill, index++, 1);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size() * sizeof(Value)));
}

/// What a frame goes through in `mrcz process`.
struct Way {
    const char* name;
    PixelType from, to;
    bool has_gain, has_koma;
};

constexpr Way ways[] = {
    {"outliers_uint8_to_uint8", PixelType::uint8, PixelType::uint8, false, false},
    {"gain_outliers_uint8_to_float32", PixelType::uint8, PixelType::float32, true, false},
    {"gain_outliers_koma_uint8_to_float32", PixelType::uint8, PixelType::float32, true, true},
    {"outliers_koma_int8_to_int8", PixelType::int8, PixelType::int8, false, true},
    {"outliers_koma_uint16_to_int16", PixelType::uint16, PixelType::int16, false, true},
};

/// A frame corrected by what the command uses. `copies_only` moves as many bytes: of the frame, the result, and the
/// maps that belong to it.
void corrects(benchmark::State& state, const Way& way, bool copies_only) {
    const auto counts = frame_of(way.from);
    const FrameFormat from{way.from, side, side}, to{way.to, side, side};
    ProcessPlan plan;
    plan.outliers = OutlierOptions{};
    plan.dtype = way.to;
    const FloatImage map{{side, side}, std::vector<float>(pixels, 1.25F)};
    if (way.has_gain) plan.gain = std::make_shared<const GainReference>(make_gain(map));
    if (way.has_koma) plan.koma = std::make_shared<const FloatImage>(map);
    jobs::FrameCorrector corrector(from, plan);
    corrector.set_outliers(find_outliers(noisy_sum()));
    const std::size_t maps = (way.has_gain ? 1 : 0) + (way.has_koma ? 1 : 0);
    std::vector<std::byte> result(static_cast<std::size_t>(bytes_of(to)));
    const std::size_t moved = counts.size() + result.size() + maps * pixels * sizeof(float);
    std::vector<std::byte> source(moved / 2), copy(moved / 2);
    jobs::CorrectionMemory memory;
    std::int64_t frame = 0;
    for ([[maybe_unused]] auto _ : state) {
        if (copies_only) {
            std::memcpy(copy.data(), source.data(), copy.size());
            benchmark::ClobberMemory();
        } else {
            corrector.apply(frame++, counts, result, memory);
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(moved));
}

/// The sums and the pattern of one movie after the other, in the middle of a session.
void koma(benchmark::State& state) {
    constexpr std::int64_t movies = 10'000;
    const KomaOptions options{.radius = state.range(0)};
    const SumImage sums[] = {noisy_sum(), noisy_sum()};
    WindowSum window({side, side});
    const auto sum_of = [&](std::int64_t movie) -> const SumImage& { return sums[movie % 2]; };
    std::int64_t movie = movies / 2;
    (void)window.move_to(koma_window(movie++, movies, options), sum_of);
    for ([[maybe_unused]] auto _ : state) {
        const SumImage& others = window.move_to(koma_window(movie++, movies, options), sum_of);
        benchmark::DoNotOptimize(koma_pattern(others, 1, options).values.data());
    }
}

/// Everything but reading and writing 50 frames: sum, outliers, fill.
void movie(benchmark::State& state) {
    std::vector<std::vector<std::uint8_t>> stack;
    for (std::uint64_t f = 0; f < 5; ++f) stack.push_back(counts_frame(f));
    Threads threads(state);
    for ([[maybe_unused]] auto _ : state) {
        FrameSummer summer({PixelType::uint8, side, side});
        for (std::int64_t f = 0; f < frames; ++f)
            summer.add(std::as_bytes(std::span(stack[static_cast<std::size_t>(f % 5)])), threads.context);
        const Outliers outliers = find_outliers(summer.take(), {}, {}, threads.context);
        std::vector<std::function<void()>> tasks;
        for (std::int64_t f = 0; f < 5; ++f)
            tasks.emplace_back([&, f] {
                for (std::int64_t again = 0; again < frames / 5; ++again)
                    fill_outliers(std::span(stack[static_cast<std::size_t>(f)]), outliers, OutlierFill::random,
                                  f + 5 * again, 1);
            });
        threads.executor.run_all(tasks);
    }
}

constexpr PixelType summed_types[] = {PixelType::uint8, PixelType::int8,  PixelType::uint16,  PixelType::int16,
                                      PixelType::uint4, PixelType::int32, PixelType::float16, PixelType::float32};

}  // namespace

int main(int argc, char** argv) {
    for (const PixelType type : summed_types) {
        const std::string name(info_of(type).name);
        benchmark::RegisterBenchmark(("memcpy/" + name).c_str(), copies, type);
        benchmark::RegisterBenchmark(("sum/" + name).c_str(), sums, type)->Arg(1)->Arg(2)->UseRealTime();
    }
    benchmark::RegisterBenchmark("find_outliers", finds)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
    const auto ms = benchmark::kMillisecond;
    benchmark::RegisterBenchmark("fill_random/uint8", fills<std::uint8_t>, OutlierFill::random)->Unit(ms);
    benchmark::RegisterBenchmark("fill_mean/uint8", fills<std::uint8_t>, OutlierFill::mean)->Unit(ms);
    benchmark::RegisterBenchmark("fill_frame/uint8", fills<std::uint8_t>, OutlierFill::frame)->Unit(ms);
    benchmark::RegisterBenchmark("fill_random/float32", fills<float>, OutlierFill::random)->Unit(ms);
    benchmark::RegisterBenchmark("fill_mean/float32", fills<float>, OutlierFill::mean)->Unit(ms);
    benchmark::RegisterBenchmark("fill_frame/float32", fills<float>, OutlierFill::frame)->Unit(ms);
    for (const Way& way : ways) {
        benchmark::RegisterBenchmark(("memcpy/" + std::string(way.name)).c_str(), corrects, way, true)->Unit(ms);
        benchmark::RegisterBenchmark(("apply/" + std::string(way.name)).c_str(), corrects, way, false)->Unit(ms);
    }
    auto* of_radius = benchmark::RegisterBenchmark("koma", koma)->Unit(ms);
    for (const int radius : {1, 2, 5, 10, 25}) of_radius->Arg(radius);
    benchmark::RegisterBenchmark("movie_50_frames", movie)->Arg(1)->Arg(2)->UseRealTime()->Unit(ms);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
