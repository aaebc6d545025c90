// The codec rans in memory, by instruction set and threads, beside c-blosc (bitshuffle, zstd-1, 64 KiB) in the same
// run. Prints JSON: a line for the set, then one for each coder. Run by rans_tables.py.
//
// usage: bench_rans FILE.raw DTYPE NY NX [--frames 2] [--share 0] [--samples 256] [--histograms]
//                   [--levels avx512,avx2,scalar] [--threads 1,2] [--rounds 5] [--no-peer]
//
// FRAMES frames, spread evenly over the file, are coded and decoded by all coders in turn, ROUNDS times, each frame
// once unmeasured and then measured. `--share N`: with a model for N frames, learned from SAMPLES of them;
// `--histograms`: the model that keeps a histogram for every pixel. One thread is measured by its processor time, so
// that other programs of the machine count little; several by the clock.
#include <blosc.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "codec/rans/frame.hpp"
#include "codec/rans/model.hpp"
#include "codec/rans/rans.hpp"
#include "codec/rans/workers.hpp"
#include "mrcz/thread_executor.hpp"

namespace {

using namespace mrcz;
using namespace mrcz::codec;

using Frames = std::vector<Bytes>;

struct Arguments {
    std::string path;
    PixelType type = PixelType::uint8;
    std::size_t pixels = 0, row_pixels = 0;
    std::size_t frames = 2, share = 0, samples = 256;
    int rounds = 5;
    bool has_histograms = false, has_peer = true;
    std::string levels = "avx512,avx2,scalar", threads = "1,2";

    std::size_t frame_bytes() const { return pixels * info_of(type).pixel_bytes; }
};

Arguments parse(const std::vector<std::string>& words) {
    if (words.size() < 4) throw std::runtime_error("usage: bench_rans FILE.raw DTYPE NY NX [options]");
    Arguments arguments;
    arguments.path = words[0];
    const auto type = find_pixel_type(words[1]);
    if (!type) throw std::runtime_error("no pixel type " + words[1]);
    arguments.type = *type;
    arguments.row_pixels = std::stoull(words[3]);
    arguments.pixels = std::stoull(words[2]) * arguments.row_pixels;
    for (std::size_t i = 4; i < words.size(); ++i) {
        const std::string& word = words[i];
        const auto value = [&] {
            return i + 1 < words.size() ? words[++i] : throw std::runtime_error(word + ": value");
        };
        if (word == "--frames")
            arguments.frames = std::stoull(value());
        else if (word == "--share")
            arguments.share = std::stoull(value());
        else if (word == "--samples")
            arguments.samples = std::stoull(value());
        else if (word == "--rounds")
            arguments.rounds = std::stoi(value());
        else if (word == "--levels")
            arguments.levels = value();
        else if (word == "--threads")
            arguments.threads = value();
        else if (word == "--histograms")
            arguments.has_histograms = true;
        else if (word == "--no-peer")
            arguments.has_peer = false;
        else
            throw std::runtime_error("unknown option " + word);
    }
    return arguments;
}

Frames read_frames(const Arguments& arguments, std::size_t wanted) {
    std::ifstream file(arguments.path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot open " + arguments.path);
    const std::size_t bytes = arguments.frame_bytes(), total = static_cast<std::size_t>(file.tellg()) / bytes;
    const std::size_t count = std::min(wanted, total);
    Frames frames(count, Bytes(bytes));
    for (std::size_t k = 0; k < count; ++k) {
        file.seekg(static_cast<std::streamoff>(k * total / count * bytes));
        file.read(reinterpret_cast<char*>(frames[k].data()), static_cast<std::streamsize>(bytes));
    }
    if (!file || count == 0) throw std::runtime_error("cannot read frames of " + arguments.path);
    return frames;
}

// ------------------------------------------------------------------------------------------------------------- coders

/// Codes single frames; `worker` is on one thread at a time.
class Coder {
  public:
    Coder(std::string coder_name, std::string level_name, unsigned thread_count)
        : name(std::move(coder_name)), level(std::move(level_name)), threads(thread_count), executor(thread_count) {}
    virtual ~Coder() = default;
    virtual std::size_t encode(std::size_t worker, const Bytes& frame, Bytes& chunk) = 0;
    virtual void decode(std::size_t worker, const Bytes& chunk, std::size_t size, Bytes& frame) = 0;

    std::string name, level;
    unsigned threads;
    ThreadExecutor executor;
    bool has_a_thread_a_frame = false;  ///< else the threads share each frame
    std::size_t coded_bytes = 0;
    std::vector<double> encode_seconds{}, decode_seconds{};
};

class Rans final : public Coder {
  public:
    Rans(const rans::FrameSetup& setup, simd::Level level_number, const char* level_name, unsigned thread_count)
        : Coder("rans", level_name, thread_count), setup_(setup), encoding_(thread_count), decoding_(thread_count) {
        setup_.kernels = &simd::rans_kernels(level_number);
        has_a_thread_a_frame = thread_count > 1 && setup.block_count() == 1;
        if (thread_count > 1 && !has_a_thread_a_frame) setup_.executor = &executor;
    }
    std::size_t encode(std::size_t worker, const Bytes& frame, Bytes& chunk) override {
        return rans::encode_frame(setup_, frame, chunk, encoding_[worker]);
    }
    void decode(std::size_t worker, const Bytes& chunk, std::size_t size, Bytes& frame) override {
        rans::decode_frame(setup_, std::span(chunk).first(size), frame, decoding_[worker]);
    }

  private:
    rans::FrameSetup setup_;
    std::vector<rans::EncodeMemory> encoding_;
    std::vector<std::vector<rans::DecodeMemory>> decoding_;
};

/// Of frames too small for its threads to share, each thread takes its own, as ours do.
class Blosc final : public Coder {
  public:
    Blosc(std::size_t pixel_bytes, std::size_t frame_bytes, unsigned thread_count)
        : Coder("c-blosc", "", thread_count), pixel_bytes_(pixel_bytes) {
        has_a_thread_a_frame = thread_count > 1 && frame_bytes < (std::size_t{1} << 20);
    }
    std::size_t encode(std::size_t, const Bytes& frame, Bytes& chunk) override {
        if (has_a_thread_a_frame || threads == 1)
            return static_cast<std::size_t>(blosc_compress_ctx(1, BLOSC_BITSHUFFLE, pixel_bytes_, frame.size(),
                                                               frame.data(), chunk.data(), chunk.size(), "zstd",
                                                               block_bytes, 1));
        keep_threads();
        return static_cast<std::size_t>(
            blosc_compress(1, BLOSC_BITSHUFFLE, pixel_bytes_, frame.size(), frame.data(), chunk.data(), chunk.size()));
    }
    void decode(std::size_t, const Bytes& chunk, std::size_t, Bytes& frame) override {
        if (has_a_thread_a_frame || threads == 1) {
            blosc_decompress_ctx(chunk.data(), frame.data(), frame.size(), 1);
            return;
        }
        keep_threads();
        blosc_decompress(chunk.data(), frame.data(), frame.size());
    }

  private:
    static constexpr std::size_t block_bytes = 65536;
    /// With a context of its own each call would start threads anew.
    void keep_threads() const {
        blosc_set_nthreads(static_cast<int>(threads));
        blosc_set_compressor("zstd");
        blosc_set_blocksize(block_bytes);
    }
    std::size_t pixel_bytes_;
};

// ---------------------------------------------------------------------------------------------------------- measuring

double seconds(clockid_t clock, const std::function<void()>& work) {
    const auto now = [clock] {
        timespec time{};
        clock_gettime(clock, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double start = now();
    work();
    return now() - start;
}

/// Frames that are measured in one go: one, or as many small ones as make a few megabytes.
std::size_t frames_in_a_go(std::size_t frame_bytes) {
    constexpr std::size_t enough_bytes = std::size_t{4} << 20;
    return std::max<std::size_t>(1, enough_bytes / frame_bytes);
}

struct Memory {
    std::vector<Bytes> chunks;
    std::vector<std::size_t> sizes;
    Frames back;
};

void measure(Coder& coder, std::span<const Bytes> frames, Memory& memory) {
    Executor* const across = coder.has_a_thread_a_frame ? &coder.executor : nullptr;
    const clockid_t clock = coder.threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    const auto encode = [&] {
        rans::run_blocks(across, frames.size(), [&](std::size_t worker, std::size_t k) {
            memory.sizes[k] = coder.encode(worker, frames[k], memory.chunks[k]);
        });
    };
    const auto decode = [&] {
        rans::run_blocks(across, frames.size(), [&](std::size_t worker, std::size_t k) {
            coder.decode(worker, memory.chunks[k], memory.sizes[k], memory.back[k]);
        });
    };
    encode();
    coder.encode_seconds.back() += seconds(clock, encode);
    for (std::size_t k = 0; k < frames.size(); ++k) std::ranges::fill(memory.back[k], std::byte{0xA5});
    decode();
    coder.decode_seconds.back() += seconds(clock, decode);
    for (std::size_t k = 0; k < frames.size(); ++k) {
        coder.coded_bytes += memory.sizes[k];
        if (memory.back[k] != frames[k]) throw std::runtime_error(coder.name + " " + coder.level + ": a frame is lost");
    }
}

void run_rounds(std::vector<std::unique_ptr<Coder>>& coders, const Frames& frames, int rounds, std::size_t bound) {
    const std::size_t most = std::min(frames.size(), frames_in_a_go(frames[0].size()));
    Memory memory{std::vector<Bytes>(most, Bytes(bound)), std::vector<std::size_t>(most),
                  Frames(most, Bytes(frames[0].size()))};
    for (int round = 0; round < rounds; ++round)
        for (auto& coder : coders) {
            coder->encode_seconds.push_back(0);
            coder->decode_seconds.push_back(0);
            coder->coded_bytes = 0;
            for (std::size_t k = 0; k < frames.size(); k += most)
                measure(*coder, std::span(frames).subspan(k, std::min(most, frames.size() - k)), memory);
        }
}

struct Learned {
    std::shared_ptr<const rans::Model> model;
    std::size_t bytes = 0;
    double seconds = 0;
};

/// As a file would have it: written, and read back.
Learned learn(const Arguments& arguments) {
    Learned learned;
    if (arguments.share == 0) return learned;
    const Frames samples = read_frames(arguments, std::min(arguments.share, arguments.samples));
    const std::vector<std::span<const std::byte>> spans(samples.begin(), samples.end());
    learned.seconds = seconds(CLOCK_THREAD_CPUTIME_ID, [&] {
        learned.model = rans::learn_model(
            {arguments.type, arguments.pixels, arguments.row_pixels, spans, arguments.share, arguments.has_histograms});
    });
    if (!learned.model) return learned;
    const Bytes payload = rans::write_model(*learned.model);
    learned.bytes = payload.size();
    learned.model = rans::read_model(payload, arguments.type, arguments.pixels);
    return learned;
}

std::vector<std::unique_ptr<Coder>> coders_of(const Arguments& arguments, const rans::FrameSetup& setup) {
    constexpr const char* names[] = {"scalar", "avx2", "avx512"};
    std::vector<std::unique_ptr<Coder>> coders;
    for (unsigned threads = 1; threads <= 64; ++threads) {
        if (("," + arguments.threads + ",").find("," + std::to_string(threads) + ",") == std::string::npos) continue;
        if (arguments.has_peer)
            coders.push_back(
                std::make_unique<Blosc>(info_of(arguments.type).pixel_bytes, arguments.frame_bytes(), threads));
        for (std::size_t level = static_cast<std::size_t>(simd::best_level()) + 1; level-- > 0;)
            if (arguments.levels.find(names[level]) != std::string::npos)
                coders.push_back(std::make_unique<Rans>(setup, static_cast<simd::Level>(level), names[level], threads));
    }
    return coders;
}

std::string list(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) text += fmt::format("{}{:.9f}", text.empty() ? "" : ",", value);
    return "[" + text + "]";
}

void run(const Arguments& arguments) {
    const Frames frames = read_frames(arguments, arguments.frames);
    const Learned learned = learn(arguments);
    rans::FrameSetup setup;
    setup.kind = rans::kind_of(arguments.type);
    setup.pixels = arguments.pixels;
    setup.kernels = &simd::rans_kernels();
    setup.model = learned.model.get();
    const auto fallback = rans::blosc_fallback(arguments.type, frames[0]);
    setup.fallback = fallback.get();

    const std::size_t bound = std::max(rans::payload_bound(setup), arguments.frame_bytes() + BLOSC_MAX_OVERHEAD);
    rans::EncodeMemory memory;
    Bytes chunk(bound);
    const std::size_t size = rans::encode_frame(setup, frames[0], chunk, memory);
    const rans::ParsedFrame parsed(setup, std::span(chunk).first(size));
    std::cout << fmt::format(
        "{{\"set\":\"{}\",\"mode\":\"{}\",\"lanes\":{},\"frames\":{},\"frame_bytes\":{},\"pixels\":{},\"share\":{},"
        "\"model_bytes\":{},\"learning_seconds\":{:.3f}}}\n",
        arguments.path, parsed.plan().row->name, parsed.plan().lanes, frames.size(), arguments.frame_bytes(),
        arguments.pixels, arguments.share, learned.bytes, learned.seconds);

    auto coders = coders_of(arguments, setup);
    run_rounds(coders, frames, arguments.rounds, bound);
    for (const auto& coder : coders)
        std::cout << fmt::format(
            "{{\"coder\":\"{}\",\"level\":\"{}\",\"threads\":{},\"bytes\":{},\"encode_seconds\":{},"
            "\"decode_seconds\":{}}}\n",
            coder->name, coder->level, coder->threads, coder->coded_bytes, list(coder->encode_seconds),
            list(coder->decode_seconds));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        blosc_init();
        run(parse({argv + 1, argv + argc}));
        blosc_destroy();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_rans: " << error.what() << '\n';
        return 1;
    }
}
